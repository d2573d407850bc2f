"""Servers that take over from each other, in histories by chance, and with mistakes that must be noticed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from msgspec import structs

from optiverse_collab.core.client.confirmed import Confirmed
from optiverse_collab.core.protocol.messages import Pong
from optiverse_collab.core.server import room
from optiverse_collab.core.server.chain import Chain
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.standby_news import StandbyNews
from optiverse_collab.core.server.turns import Turns
from optiverse_collab_server.standby import followers, sender, standing, store
from optiverse_collab_server.standby.followers import Followers, Mode
from optiverse_collab_server.standby.standing import Post, Standing, State
from optiverse_collab_server.standby.store import FollowedStore
from optiverse_collab_server.storage.api import ANY_SIZE
from tests.helpers.no_heads import without_heads
from tests.server.standby import operated
from tests.server.standby.soak import play

SEEDS = (*range(150), 2365)
"""In the last one, many changes wait for the standby when the end comes."""

PREFER_SEEDS = (130, *range(130))
"""The first one is where most mistakes show, so that it doesn't take long."""


def check_counts(counts: dict[str, int], least: dict[str, int]) -> None:
    """A run in which something never happens proves nothing about it."""
    assert {what: counts[what] for what in least if counts[what] < least[what]} == {}, counts


def test_nothing_saved_goes_without_a_word() -> None:
    """STAND-3, STAND-4, STAND-6, STAND-13, CLK-6, CLK-9, BACK-7"""
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
    check_counts(play(SEEDS), least)


def test_only_what_was_saved_alone_may_be_lost() -> None:
    """STAND-6, STAND-8, CLK-9: with ``prefer``, wherever the primary is killed."""
    least = {
        "alone": 150,
        "saved alone": 300,
        "not alone any more": 300,
        "saved changes that it lacked": 100,
        "parted": 80,
        "promoted": 100,
        "dead with its standby": 20,
        "dead while changes wait": 8,
        "dead alone": 10,
        "dead while its standby comes back": 4,
        "killed while it opens": 20,
    }
    check_counts(play(PREFER_SEEDS, Mode.PREFER), least)


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
def test_what_is_broken_is_noticed(place: object, name: str, by: Callable[..., Any]) -> None:
    """STAND, CLK-9: the unmodified servers survive the same seeds, without heads too (BACK-14)."""
    mistake = mock.patch.object(place, name, by)
    with without_heads(), mistake, pytest.raises((AssertionError, ValueError, KeyError)):
        play(SEEDS)


# A server that prefers to wait for its standby


def it_goes_on_in_secret(self: Followers) -> None:
    for _, _, future in self._waiting:
        followers._let_go(future)
    self._waiting.clear()


def no_pong_says_so(self: StandbyNews, pong: Pong) -> Pong:
    return structs.replace(pong, also=self.address)


def it_never_comes_back(self: Followers) -> None:
    pass


def whoever_connects_is_back(self: Followers, receiver: Any) -> None:
    join(self, receiver)
    self._news.is_missed = False


def any_confirmation_is_enough(self: Followers, session: str, clock: int) -> None:
    confirm(self, session, clock)
    self._news.is_missed = False


def whoever_connects_has_everything(self: Followers, receiver: Any) -> None:
    join(self, receiver)
    self._complete[receiver] = True


def what_is_sent_first_counts_at_once(self: sender.Sender, session: str, clock: int) -> None:
    pass


def what_did_not_wait_is_forgotten(self: Followers, session: str, clock: int) -> None:
    pass


async def what_is_loaded_is_safe(self: FollowedStore, session: str, most: int = ANY_SIZE) -> Any:
    found = await self._store.load(session, most)
    if found is not None:
        self._followers.stored(session, found.clock)
    return found


join, confirm = Followers.join, Followers.confirm

PREFER_MUTANTS: list[tuple[object, str, Any]] = [
    (followers, "PREFER_SECONDS", 9.0),
    (followers, "PREFER_SECONDS", 12.0),
    (store, "LOAD_SECONDS", 4.0),
    (store, "LOAD_SECONDS", 10.0),
    (Followers, "until_safe", nothing_waits),
    (Followers, "_go_on_alone", it_goes_on_in_secret),
    (StandbyNews, "added_to", no_pong_says_so),
    (Followers, "_look_who_is_back", it_never_comes_back),
    (Followers, "join", whoever_connects_is_back),
    (Followers, "confirm", any_confirmation_is_enough),
    (Followers, "join", whoever_connects_has_everything),
    (sender.Sender, "_await_first", what_is_sent_first_counts_at_once),
    (Followers, "_let_go_alone", what_did_not_wait_is_forgotten),
    (FollowedStore, "load", what_is_loaded_is_safe),
    (sender.Sender, "confirmed", what_is_sent_counts),
    (Turns, "parted", no_takeover_is_known),
]


@pytest.mark.parametrize(
    ("place", "name", "by"), PREFER_MUTANTS, ids=lambda it: getattr(it, "__name__", str(it))
)
def test_what_is_broken_in_prefer_is_noticed(place: object, name: str, by: Any) -> None:
    """STAND-6, STAND-8: the unmodified servers survive the same seeds, without heads too (BACK-14)."""
    with without_heads(), mock.patch.object(place, name, by), pytest.raises(AssertionError):
        play(PREFER_SEEDS, Mode.PREFER)
