"""Servers that take over from each other, in histories by chance, and with mistakes that must be noticed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from optiverse_collab.core.client.confirmed import Confirmed
from optiverse_collab.core.server import room
from optiverse_collab.core.server.chain import Chain
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.turns import Turns
from optiverse_collab_server.standby import sender, standing, store
from optiverse_collab_server.standby.followers import Followers
from optiverse_collab_server.standby.standing import Post, Standing, State
from tests.server.standby import operated
from tests.server.standby.takeovers import Story

SEEDS = (*range(150), 2365)
"""In the last one, many changes wait for the standby when the end comes."""

Standings = dict[Path, Standing]


@pytest.fixture(autouse=True)
def standings(monkeypatch: pytest.MonkeyPatch) -> Standings:
    """The files ``standing.json``, in memory."""
    files: Standings = {}
    monkeypatch.setattr(standing, "read_standing", lambda folder: files.get(folder, Standing()))
    monkeypatch.setattr(standing, "write_standing", files.__setitem__)
    monkeypatch.setattr(store, "LOAD_SECONDS", 0.0)
    return files


def play_all(standings: Standings) -> Counter[str]:
    """Play the history of each seed; returns how often what happened."""
    counts: Counter[str] = Counter()
    for seed in SEEDS:
        asyncio.run(Story(seed, counts, standings).play())
    return counts


def test_nothing_saved_goes_without_a_word(standings: Standings) -> None:
    """STAND-3, STAND-4, STAND-6, STAND-13, CLK-6, CLK-9, BACK-7"""
    counts = play_all(standings)
    least = {
        "promoted": 100,
        "deposed": 80,
        "dead": 30,
        "parted": 100,
        "saved changes that it lacked": 60,
        "changes that came back": 20,
        "copies that had parted": 40,
        "turned away": 2,
        "promoted without anything": 50,
        "serving at once": 10,
    }
    assert {what: counts[what] for what in least if counts[what] < least[what]} == {}, counts


# A former primary


def it_goes_on(self: Post, term: int) -> bool:
    self.standing = Standing(State.PRIMARY, self.standing.term)
    return term > self.standing.term


def it_forgets_that_when_it_restarts(self: Post, term: int) -> bool:
    with mock.patch.object(standing, "write_standing"):
        return meet(self, term)


def it_keeps_its_people(self: Post, term: int) -> bool:
    self.on_deposed.clear()
    return meet(self, term)


# A standby


def it_keeps_its_own_term(self: Post, term: int) -> None:
    pass


def its_terms_are_not_raised(self: History, *args: Any, **more: Any) -> None:
    make(self, *args, **{**more, "term": 1})


async def any_copy_is_a_start(*args: Any) -> bool:
    return True


async def nothing_waits(self: Followers, session: str, clock: int, most_s: float | None = None) -> None:
    pass


def what_is_sent_counts(self: sender.Sender, session: str, clock: int) -> None:
    self._followers.confirm(session, clock + 1)


# Replicas that have more


def no_takeover_is_known(self: Turns, term: int, clock: int, turns: Any) -> None:
    return None


def the_last_takeover_counts(self: Turns, term: int, clock: int, turns: Any) -> Any:
    return next((turn for turn in reversed(self.kept) if turn.clock < clock), None)


def the_term_does_not_matter(self: Turns, term: int, clock: int, turns: Any) -> Any:
    return next((turn for turn in self.kept if turn.clock < clock), None)


def the_takeovers_of_others_do_not_count(self: Turns, term: int, clock: int, turns: Any) -> Any:
    return parted(self, term, clock)


def its_term_is_the_next_one(before: Standing, chance: object) -> Standing:
    return promoted(before, lambda most: 0)


def the_takeover_stays_where_it_was(self: Turns, entry: Any, time_ms: int) -> None:
    self.begin(entry.term, entry.clock - 1, time_ms)


def it_begins_one_later(self: Turns, term: int, clock: int, time_ms: int) -> None:
    begin(self, term, clock and clock + 1, time_ms)


def heads_are_not_compared(self: Chain, back: int, head: str) -> bool:
    return True


def everybody_may_come_back(history: History, request: Any) -> bool:
    return False


def the_replica_hides_its_term(self: Confirmed, *args: Any) -> Any:
    found = take_pages(self, *args)
    self.term = 0
    return found


meet, make, begin, take_pages = Post.meet, History.__init__, Turns.begin, Confirmed.take_pages
parted, promoted = Turns.parted, standing.promoted

MUTANTS: list[tuple[object, str, Callable[..., Any]]] = [
    (Post, "meet", it_goes_on),
    (Post, "meet", it_forgets_that_when_it_restarts),
    (Post, "meet", it_keeps_its_people),
    (Post, "raise_term", it_keeps_its_own_term),
    (History, "__init__", its_terms_are_not_raised),
    (sender, "is_beginning", any_copy_is_a_start),
    (Followers, "until_safe", nothing_waits),
    (sender.Sender, "confirmed", what_is_sent_counts),
    (Turns, "parted", no_takeover_is_known),
    (Turns, "parted", the_last_takeover_counts),
    (Turns, "parted", the_term_does_not_matter),
    (Turns, "parted", the_takeovers_of_others_do_not_count),
    (operated, "promoted", its_term_is_the_next_one),
    (Turns, "note", the_takeover_stays_where_it_was),
    (Turns, "begin", it_begins_one_later),
    (Chain, "agrees", heads_are_not_compared),
    (room, "was_replaced", everybody_may_come_back),
    (Confirmed, "take_pages", the_replica_hides_its_term),
]


@pytest.mark.parametrize(("place", "name", "by"), MUTANTS, ids=lambda it: getattr(it, "__name__", None))
def test_what_is_broken_is_noticed(
    place: object, name: str, by: Callable[..., Any], standings: Standings
) -> None:
    """STAND, CLK-9: the unmodified servers survive the same seeds."""
    with mock.patch.object(place, name, by), pytest.raises((AssertionError, ValueError, KeyError)):
        play_all(standings)
