"""The server's memory of replicas: PUSH-7, SYNC-6 and SYNC-10 of docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab.core.records import Put
from optiverse_collab.core.server import clients
from optiverse_collab.core.server.clients import KEPT_MS, SKIPPED, Clients
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Client, Outcome
from tests.core.server.histories import do, make

DAY_MS = 24 * 60 * 60 * 1000


def number_of(history: History, name: str) -> int:
    """The number of a known origin."""
    entry = do(history, Put("x", "k"), by=name).entry
    return entry.origin


def test_last_number_of_each_replica_is_known() -> None:
    """PUSH-7, STAMP-1: by its origin."""
    history = make()
    for _ in range(3):
        ann = do(history, Put("a", "k")).entry.origin
    bob = do(history, Put("a", "k"), by="bob").entry.origin
    assert [history.clients.last(origin) for origin in (ann, bob, 3, -1)] == [3, 1, 0, 0]
    assert history.clients.remembered([3, bob, -1, ann]) == [ann, bob]


def test_numbers_between_accepted_changes_were_refused() -> None:
    """SYNC-6: for each replica separately, so that it can tell which of its changes are in the pages."""
    history = make()
    do(history, Put("a", "k"), skip=2)
    do(history, Put("a", "k"))
    ann = do(history, Put("a", "k"), skip=1).entry.origin
    bob = do(history, Put("a", "k"), by="bob").entry.origin
    assert history.clients.skipped(ann) == [1, 2, 5]
    assert history.clients.skipped(bob) == history.clients.skipped(-1) == []


def test_refused_numbers_that_are_remembered_have_a_limit() -> None:
    """SYNC-6: the last ones, whatever a client sends."""
    history = make()
    do(history, Put("a", "k"), skip=2)
    ann = do(history, Put("a", "k"), skip=10**9).entry.origin
    last = history.clients.last(ann)
    assert history.clients.skipped(ann) == [*range(last - SKIPPED, last)]


def test_refused_numbers_of_all_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """SYNC-10: beyond the limit, the replica with the oldest change is forgotten."""
    monkeypatch.setattr(clients, "SKIPPED_IN_ALL", 10)
    history = make()
    origins = [do(history, Put("a", "k"), by=name, skip=4).entry.origin for name in ("ann", "bob", "cid")]
    assert history.clients.remembered(origins) == origins[1:]
    assert [len(history.clients.skipped(origin)) for origin in origins] == [0, 4, 4]
    do(history, Put("a", "k"), by="bob", skip=2)
    assert history.clients.remembered(origins) == origins[1:]
    do(history, Put("a", "k"), by="bob", skip=1)
    assert history.clients.remembered(origins) == origins[1:2]


def test_the_oldest_of_too_many_is_forgotten() -> None:
    """SYNC-10: one that changes something becomes the newest."""
    history = make(clients=2)
    ann, bob = number_of(history, "ann"), number_of(history, "bob")
    do(history, Put("a", "k"))
    cid = number_of(history, "cid")
    assert history.clients.remembered([ann, bob, cid]) == [ann, cid]
    assert history.clients.forgotten == 2
    assert [history.clients.answers_for([bob], clock) for clock in (1, 2)] == [False, True]
    assert [history.clients.answers_for([ann, cid], clock) for clock in (0, 1)] == [True, True]
    assert [history.clients.answers_for([ann, -1], clock) for clock in (1, 2)] == [False, True]


def test_one_that_is_long_away_is_forgotten() -> None:
    """SYNC-10: 180 days after its last change, when somebody else changes something."""
    history = make()
    ann = do(history, Put("a", "k"), now_ms=DAY_MS).entry.origin
    bob = do(history, Put("a", "k"), by="bob", now_ms=DAY_MS + KEPT_MS).entry.origin
    assert history.clients.remembered([ann, bob]) == [ann, bob]
    do(history, Put("a", "k"), by="bob", now_ms=DAY_MS + KEPT_MS + 1)
    assert history.clients.remembered([ann, bob]) == [bob]
    assert KEPT_MS == 180 * DAY_MS


def test_one_that_another_settled_is_forgotten() -> None:
    """SYNC-10, SYNC-8: with the first change of the replica that took its place."""
    history = make()
    ann = do(history, Put("a", "k")).entry.origin
    entry = do(history, Put("a", "k"), by="bob", own={ann}).entry
    assert entry.settles == [ann]
    assert history.clients.kept() == [
        Client(ann, 0, 1, since=1),
        Client(entry.origin, 1, 2, 0, since=1, first=2, first_number=1),
    ]
    assert do(history, Put("a", "k"), by="bob", own={ann, entry.origin}).entry.settles == []
    assert history.clients.forgotten == 0
    assert [history.clients.answers_for([ann], clock) for clock in (0, 1)] == [False, True]
    assert [history.clients.answers_for([ann, entry.origin], clock) for clock in (0, 1)] == [False, True]


def test_what_another_settled_is_not_known_by_a_third() -> None:
    """SYNC-10: a copy of the replica settled it; the memory of its other ids says nothing about that."""
    history = make()
    ann = do(history, Put("a", "k")).entry.origin
    do(history, Put("a", "k"), by="copy", own={ann})
    bob = do(history, Put("a", "k"), by="bob").entry.origin
    for again in (history, History(history.snapshot(), history.names.take_new())):
        assert [again.clients.answers_for([ann, bob], clock) for clock in (0, 1)] == [False, True]
    do(history, Put("a", "k"), skip=1)
    assert [history.clients.answers_for([ann, bob], clock) for clock in (0, 1)] == [False, True]


def test_those_that_others_settled_have_a_limit() -> None:
    """SYNC-10: beyond the limit, one clock stands for the older ones."""
    history = make(clients=2)
    for name in ("ann", "bob", "cid"):
        origin = do(history, Put("a", "k"), by=name).entry.origin
        do(history, Put("a", "k"), by="copy", own={origin})
    assert history.clients.settled == 1
    assert history.clients.count == 1 + 2
    assert [history.clients.answers_for([1], clock) for clock in (0, 1)] == [False, True]
    assert [history.clients.answers_for([origin], clock) for clock in (4, 5)] == [False, True]


def test_a_first_number_does_not_bring_later_ones_back() -> None:
    """SYNC-10: a forgotten replica sends its first change again; its second stays forgotten."""
    history = make(clients=1)
    ann = do(history, Put("a", "k")).entry.origin
    do(history, Put("a", "k"))
    number_of(history, "bob")
    assert do(history, Put("a", "k")).entry.client_clock == 1
    assert [history.clients.answers_for([ann], clock) for clock in (0, 1, 2)] == [False, False, True]


def test_one_that_comes_back_is_known_from_there_on() -> None:
    """SYNC-10: an older copy of the replica does not count as complete."""
    history = make(clients=1)
    ann = do(history, Put("a", "k")).entry.origin
    number_of(history, "bob")
    do(history, Put("a", "k"), skip=1)
    assert history.clients.last(ann) == 2
    assert [history.clients.answers_for([ann], clock) for clock in (0, 1)] == [False, True]


def test_an_outcome_is_that_of_the_change_with_its_number() -> None:
    """SYNC-10: a forgotten change is sent again under its number."""
    history = make(clients=1)
    ann = do(history, Put("a", "k")).entry.origin
    do(history, Put("a", "k"))
    outcomes = [Outcome(clock, ann, 0, number, [], [], []) for clock, number in ((1, 1), (2, 2))]
    assert [history.clients.stands_for(one) for one in outcomes] == [True, True]
    number_of(history, "bob")
    assert [history.clients.stands_for(one) for one in outcomes] == [True, True]
    do(history, Put("a", "k"), skip=1)
    assert [history.clients.stands_for(one) for one in outcomes] == [True, False]
    assert history.clients.stands_for(Outcome(4, ann, 0, 2, [], [], []))


def test_it_is_the_same_after_a_restart() -> None:
    """DUR-4: from the log, and from a snapshot."""
    history = make(clients=2)
    kept = [do(history, Put("a", "k"), by=name, skip=1).kept.data for name in ("ann", "bob", "cid", "dan")]
    names = history.names.take_new()
    snapshot = history.snapshot()
    assert snapshot.forgotten == (2, 0)
    for again in (History(snapshot, names, clients=2), History(History.empty("e"), names, kept, clients=2)):
        assert again.snapshot() == snapshot
        assert do(again, Put("a", "k"), by="eva").entry.clock == 5
        assert [one.origin for one in again.clients.kept()] == [4, 5]


def test_an_older_snapshot_says_no_times() -> None:
    """SYNC-10: its replicas count from its own time."""
    old = make()
    do(old, Put("a", "k"), now_ms=DAY_MS)
    snapshot = old.snapshot()
    snapshot.clients[:] = [Client(1, 1), Client(2, 1, time_ms=5)]
    assert Clients(snapshot).kept() == [Client(1, 1, 1, DAY_MS), Client(2, 1, 1, 5)]
