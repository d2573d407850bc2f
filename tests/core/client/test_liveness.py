"""Detection of dead lines, on a simulated clock: HB-3 of docs/protocol.md."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.core.client.liveness import (
    EDIT_MS,
    HIDDEN_BYTES,
    OVERDUE_MS,
    SLOWEST_BYTES_PER_MS,
    STOOD_STILL_MS,
    TICK_MS,
    Liveness,
)
from optiverse_collab.core.client.questions import Questions


class Clocked:
    """A connection that is watched as by a driver.

    Attributes:
        now_ms: the time.
        backlog: how many bytes the system has not taken yet.
    """

    def __init__(self) -> None:
        self.questions = Questions()
        self.liveness = Liveness(self.questions)
        self.now_ms = 5000.0
        self.backlog = 0
        self._changes = 0
        self.liveness.begin(self.now_ms)

    def ping(self, size: int = 0) -> None:
        """Send a ping, behind a message of `size` bytes."""
        self.questions.sent(size)
        self.questions.pinged(self.now_ms)

    def push(self, size: int = 0) -> None:
        """Push a change of `size` bytes."""
        self._changes += 1
        self.questions.sent(size)
        self.questions.pushed(self._changes, self.now_ms)

    def look(self) -> bool:
        """Check once, as before each poll."""
        self.liveness.written(self.backlog)
        return self.liveness.is_dead(self.now_ms)

    def dead_after(self, limit_ms: float, meanwhile: Callable[[], None] = lambda: None) -> float | None:
        """The time in ms after which it is dead, if checked when it asks to be; None if it stays alive.

        Args:
            limit_ms: how long to check.
            meanwhile: runs before each check.
        """
        start_ms = self.now_ms
        while self.now_ms < start_ms + limit_ms:
            meanwhile()
            if self.look():
                return self.now_ms - start_ms
            wait_ms = self.liveness.wait_ms(self.now_ms)
            self.now_ms += 10_000 if wait_ms is None else wait_ms
        return None


@pytest.fixture
def line() -> Clocked:
    """A new connection."""
    return Clocked()


def test_quiet_line_without_a_question_lives(line: Clocked) -> None:
    """HB-3"""
    assert line.liveness.wait_ms(line.now_ms) is None
    assert line.dead_after(3_600_000) is None


def test_ping_without_an_answer_is_overdue(line: Clocked) -> None:
    """HB-3"""
    line.ping()
    assert line.dead_after(60_000) == OVERDUE_MS


def test_edit_becomes_a_question_when_it_waits(line: Clocked) -> None:
    """HB-3: within 12 s while editing."""
    line.push()
    died_ms = line.dead_after(60_000)
    assert died_ms is not None
    assert EDIT_MS + OVERDUE_MS <= died_ms <= 12_000


def test_drag_into_a_hole_is_noticed_too(line: Clocked) -> None:
    """HB-3: the system accepts data for minutes, and that proves nothing."""

    def drag() -> None:
        line.push(250)
        line.now_ms += 33

    died_ms = line.dead_after(60_000, drag)
    assert died_ms is not None
    assert died_ms <= 12_000


def test_answered_questions_are_none(line: Clocked) -> None:
    """HB-3"""
    line.ping()
    line.push()
    line.questions.ponged(line.now_ms)
    line.questions.acknowledged(None)
    assert line.dead_after(60_000) is None


def test_what_arrives_shows_that_it_lives(line: Clocked) -> None:
    """HB-3: a pong may wait behind pages for minutes."""
    line.ping()
    assert line.dead_after(600_000, line.liveness.stirred) is None
    assert line.dead_after(60_000) == OVERDUE_MS - 2 * TICK_MS


def test_what_leaves_shows_that_it_lives(line: Clocked) -> None:
    """HB-3: a long push on a slow line; once nothing more leaves, the line is dead."""
    line.ping()
    line.backlog = 400_000
    line.questions.sent(400_000)
    line.look()
    line.questions.ponged(line.now_ms)
    line.ping()

    def leave() -> None:
        line.backlog = max(0, line.backlog - 2000)

    assert line.dead_after(90_000, leave) is None
    assert line.backlog > 0
    died_ms = line.dead_after(60_000)
    assert died_ms is not None
    assert died_ms < OVERDUE_MS + HIDDEN_BYTES / SLOWEST_BYTES_PER_MS


def test_what_is_sent_into_an_empty_buffer_proves_nothing(line: Clocked) -> None:
    """HB-3: bytes that leave without waiting may be in the system's buffer."""
    line.ping()
    assert line.dead_after(60_000, lambda: line.questions.sent(10)) == OVERDUE_MS


def test_long_push_gets_its_time(line: Clocked) -> None:
    """HB-3: it may be in the system's buffers, and take a while on a line of 32 kbit/s."""
    line.push(100_000)
    died_ms = line.dead_after(600_000)
    assert died_ms is not None
    assert died_ms >= EDIT_MS + OVERDUE_MS + 100_000 / SLOWEST_BYTES_PER_MS


def test_time_is_for_what_has_not_arrived(line: Clocked) -> None:
    """HB-3: an answer proves that everything before its question has arrived."""
    line.push(1_000_000)
    line.ping()
    line.questions.ponged(line.now_ms)
    line.questions.acknowledged(None)
    line.ping()
    assert line.dead_after(60_000) == OVERDUE_MS


@pytest.mark.parametrize("still_ms", [STOOD_STILL_MS + 1, 3_600_000])
def test_own_stop_is_not_held_against_the_server(line: Clocked, still_ms: float) -> None:
    """HB-3: a blocked window or a sleeping laptop; queued messages are read after the first check."""
    line.ping()
    line.dead_after(OVERDUE_MS - TICK_MS)
    line.now_ms += still_ms
    assert not line.look()
    line.now_ms += TICK_MS
    line.liveness.stirred()
    assert not line.look()
    died_ms = line.dead_after(60_000)
    assert died_ms is not None
    assert died_ms >= OVERDUE_MS - TICK_MS


def test_next_connection_begins_without_a_past(line: Clocked) -> None:
    line.ping()
    line.dead_after(OVERDUE_MS - TICK_MS)
    line.questions.clear()
    line.liveness.begin(line.now_ms)
    line.ping()
    assert line.dead_after(60_000) == OVERDUE_MS


WHAT = ("look", "hear", "ping", "push", "answer")


@given(gaps=st.lists(st.tuples(st.integers(1, 20_000), st.sampled_from(WHAT))))
def test_never_dead_before_time_and_always_in_time(gaps: list[tuple[int, str]]) -> None:
    """HB-3: in any sequence of events, it takes 8 s of quiet checks, and 8 s are always enough."""
    line, quiet_ms = Clocked(), 0.0
    for gap_ms, what in gaps:
        line.now_ms += gap_ms
        quiet_ms += gap_ms if gap_ms <= STOOD_STILL_MS else 0
        if what == "hear":
            line.liveness.stirred()
            quiet_ms = 0.0
        elif what == "ping":
            line.ping()
        elif what == "push":
            line.push()
        elif what == "answer":
            line.questions.ponged(line.now_ms)
            line.questions.acknowledged(None)
        assert not line.look() or quiet_ms >= OVERDUE_MS
    line.ping()
    died_ms = line.dead_after(60_000)
    assert died_ms is not None
    assert died_ms <= OVERDUE_MS + TICK_MS
