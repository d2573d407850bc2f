"""Joins and leaves are merged into a few notices."""

from __future__ import annotations

import random
from itertools import pairwise

from optiverse_collab.window.attendance import (
    CAME_MS,
    KNOWN_MS,
    PAUSE_MS,
    PERSON_MS,
    WENT_MS,
    Attendance,
    Notice,
    Person,
)

MINUTE_MS = 60_000.0


class Session:
    """A session whose participants change, with a clock of its own, and a user who reads the notices.

    Attributes:
        told: the notices, each with the time when it came.
    """

    def __init__(self, *people: str) -> None:
        self.now_ms = 0.0
        self.told = list[tuple[float, Notice]]()
        self.attendance = Attendance()
        self.here = {f"c of {name}": Person(name, name) for name in people}
        self.look()

    def look(self) -> None:
        """Report who is present."""
        self.attendance.look(self.here, "me", self.now_ms)

    def come(self, name: str, connection: str = "", person: str = "") -> None:
        """Somebody joins."""
        self.here[connection or f"c of {name}"] = Person(person or name, name)
        self.look()

    def go(self, name: str) -> None:
        """Somebody leaves."""
        del self.here[f"c of {name}"]
        self.look()

    def wait(self, ms: float) -> None:
        """Let time pass, and read the notices."""
        end_ms = self.now_ms + ms
        while (wait_ms := self.attendance.wait_ms(self.now_ms)) is not None:
            if self.now_ms + wait_ms > end_ms:
                break
            self.now_ms += wait_ms
            notice = self.attendance.take_due(self.now_ms)
            assert notice is not None
            self.told.append((self.now_ms, notice))
        self.now_ms = end_ms


def test_who_is_there_at_first_is_no_news() -> None:
    session = Session("Ana", "Ben")
    session.wait(MINUTE_MS)
    assert session.told == []


def test_who_comes_is_told_and_who_goes() -> None:
    session = Session("Ana")
    session.come("Ben")
    session.wait(CAME_MS)
    session.go("Ana")
    session.wait(WENT_MS)
    assert session.told == [
        (CAME_MS, Notice(["Ben"], [])),
        (CAME_MS + WENT_MS, Notice([], ["Ana"])),
    ]


def test_many_who_come_and_go_are_one_notice() -> None:
    session = Session("Ana", "Zoë")
    session.go("Zoë")
    session.go("Ana")
    session.wait(WENT_MS - CAME_MS)
    for name in ("Ben", "Cem", "Dia"):
        session.come(name)
        session.wait(100)
    session.wait(MINUTE_MS)
    [(_, notice)] = session.told
    assert notice == Notice(["Ben", "Cem", "Dia"], ["Ana", "Zoë"])


def test_a_crowd_over_a_minute_is_few_notices() -> None:
    session = Session()
    for number in range(60):
        session.come(f"{number}")
        session.wait(1000)
    session.wait(MINUTE_MS)
    assert sum(len(notice.came) for _, notice in session.told) == 60
    assert len(session.told) <= MINUTE_MS / PAUSE_MS + 2


def test_who_connects_again_is_no_news() -> None:
    session = Session("Ana")
    for _ in range(10):
        session.go("Ana")
        session.wait(WENT_MS - 1)
        session.come("Ana")
        session.wait(MINUTE_MS)
    assert session.told == []


def test_who_looks_in_for_a_moment_is_no_news() -> None:
    session = Session()
    session.come("Ana")
    session.wait(CAME_MS - 1)
    session.go("Ana")
    session.wait(MINUTE_MS)
    assert session.told == []


def test_another_window_of_somebody_is_no_news() -> None:
    session = Session("Ana")
    session.come("Ana", "second")
    session.wait(MINUTE_MS)
    session.go("Ana")
    session.wait(MINUTE_MS)
    assert session.told == []


def test_a_person_is_told_of_once_a_minute() -> None:
    chance = random.Random(7)
    session = Session("Ben")
    for _ in range(500):
        name = chance.choice(["Ana", "Ben", "Cem"])
        if f"c of {name}" in session.here:
            session.go(name)
        else:
            session.come(name)
        session.wait(chance.randrange(15_000))
    session.wait(2 * MINUTE_MS)
    here = {"Ben"}
    for name in ("Ana", "Ben", "Cem"):
        times = [at for at, notice in session.told if name in (*notice.came, *notice.went)]
        assert len(times) > 20
        assert all(b - a >= PERSON_MS for a, b in pairwise(times))
    for _, notice in session.told:  # and all notices are true, and complete in the end
        assert here.isdisjoint(notice.came)
        assert here.issuperset(notice.went)
        here = (here | {*notice.came}) - {*notice.went}
    assert here == {person.id for person in session.here.values()}


def test_whose_connection_it_is_may_turn_out_later() -> None:
    """PRES-8: the person's id arrives later, with their presence."""
    session = Session()
    session.come("Ana", "c1", "c1")
    session.wait(KNOWN_MS / 2)
    session.come("Ana", "c1", "ana")
    session.wait(MINUTE_MS)
    assert [notice for _, notice in session.told] == [Notice(["Ana"], [])]
    del session.here["c1"]  # she reconnects
    session.look()
    session.come("Ana", "c2", "c2")
    session.wait(KNOWN_MS / 2)
    session.come("Ana", "c2", "ana")
    session.wait(MINUTE_MS)
    assert len(session.told) == 1


def test_my_other_window_is_not_somebody() -> None:
    session = Session()
    session.come("me", "c1", "c1")
    session.come("me", "c1", "me")
    session.wait(MINUTE_MS)
    assert session.told == []
    first = Session()
    first.here["c1"] = Person("c1", "me")
    first.attendance = Attendance()
    first.look()  # it was here before me, and shows only now whose it is
    first.come("me", "c1", "me")
    first.wait(MINUTE_MS)
    assert first.told == []


def test_nothing_is_kept_of_those_who_were_here() -> None:
    session = Session()
    for number in range(1000):
        session.come(f"{number}")
        session.wait(WENT_MS)
        session.go(f"{number}")
        session.wait(WENT_MS)
    session.wait(2 * MINUTE_MS)
    session.look()
    attendance = session.attendance
    assert not attendance._names
    assert not attendance._changed_ms
    assert not attendance._told_ms
