"""A replica gets the results of its own changes and values: SYNC-6 to SYNC-10, SEEN-10."""

from __future__ import annotations

import pytest

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.messages import FullState, SyncRequest
from optiverse_collab.core.protocol.origins import origin_of
from optiverse_collab.core.protocol.outcomes import Ack, AckResult, Notice, Part
from optiverse_collab.core.records import Put, Remove, Set
from optiverse_collab.core.server import answers
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.names import NameKind
from tests.core.server.histories import asked, at, do, make


def bench(outcomes: int = 100) -> History:
    """Ann put a record at clock 1; Bob and Cid set its x and its y at 2 and 3."""
    history = make(outcomes=outcomes)
    do(history, Put("a", "k", {"x": 0, "y": 0, "z": 0}))
    do(history, Set("a", {"x": 1}), by="bob")
    do(history, Set("a", {"y": 1}), by="cid")
    return history


def numbers(history: History, request: SyncRequest) -> tuple[int, bool, dict[str, int], dict[str, list[int]]]:
    """The numbers of changes in the pages."""
    [page] = asked(history, request)
    return page.client_clock, page.known, page.settled, page.skipped


# Numbers of changes


def test_replica_is_told_its_last_accepted_change() -> None:
    """SYNC-6: and which earlier ones were refused."""
    history = bench()
    do(history, Put("b", "k"), skip=2)
    assert numbers(history, at(history, 1)) == (4, True, {}, {"": [2, 3]})
    assert numbers(history, at(history, 1, "bob")) == (1, True, {}, {})
    assert numbers(history, SyncRequest("ann")) == (4, True, {}, {"": [2, 3]})


def test_replica_that_settles_is_told_of_each_former_id() -> None:
    """SYNC-8: 0 for an id that the session never saw."""
    history = bench()
    do(history, Put("b", "k"), by="bob", skip=1)
    request = at(history, 1, "restored", settles=["ann", "bob", "unheard of"])
    settled = {"ann": 1, "bob": 3, "unheard of": 0}
    assert numbers(history, request) == (0, True, settled, {"bob": [2]})


@pytest.mark.parametrize(
    ("clock", "client_id", "settles", "known"),
    [
        (1, "bob", [], False),
        (1, "new", [], False),
        (1, "new", ["cid", "bob"], False),
        (1, "ann", [], True),
        (1, "new", ["cid"], False),
        (2, "bob", [], True),
        (0, "bob", [], True),
    ],
)
def test_replica_that_may_be_forgotten_is_told_so(
    clock: int, client_id: str, settles: list[str], known: bool
) -> None:
    """SYNC-10: unless everything was forgotten before its position, or it holds nothing."""
    history = make(clients=2)
    for number, name in enumerate(("ann", "bob", "cid", "ann")):
        do(history, Put("a", "k", {"x": number}), by=name)
    request = SyncRequest(client_id) if clock == 0 else at(history, clock, client_id, settles=settles)
    assert numbers(history, request)[1] is known
    assert history.clients.forgotten == 2
    assert not numbers(history, at(history, 0, "bob", settles=["ann"]))[1]


def test_replica_that_another_settled_is_told_so() -> None:
    """SYNC-10: the other replica continues, and knows the results."""
    history = make()
    do(history, Put("a", "k"))
    ann = history.names.known(NameKind.ORIGIN, origin_of("ann"))
    do(history, Put("b", "k"), by="bob")
    do(history, Put("c", "k"), by="restored", own={ann})
    assert history.last_client_clock_of(origin_of("ann")) == 0
    assert numbers(history, at(history, 1, "restored", settles=["ann"]))[:3] == (1, True, {"ann": 0})
    assert numbers(history, at(history, 1, "ann"))[1]  # it knows of its change
    do(history, Put("d", "k"), by="ann")
    do(history, Put("e", "k"), by="restored", own={ann})
    for clock, known in ((3, False), (4, True)):
        assert numbers(history, at(history, clock, "ann"))[1] is known
        assert numbers(history, at(history, clock, "restored", settles=["ann"]))[1] is known
    assert numbers(history, at(history, 3, "bob"))[1]


# Acknowledgements


def test_pages_acknowledge_what_met_others() -> None:
    """SYNC-6: lost, held or replaced, since the position; changes that simply took effect have no entry."""
    history = bench()
    do(history, Put("b", "k"), Put("c", "k"))
    do(history, Remove("c"), by="bob")
    do(history, Set("c", {"x": 1}), Set("b", {"x": 1}))
    do(history, Set("a", {"x": 5, "z": 5}), seen=1, yields=True)
    do(history, Set("a", {"x": 6, "y": 6}), seen=1)
    [page] = asked(history, at(history, 4))
    assert page.acks == [
        Ack(3, AckResult.REBASE, 6, lost=[Part("c", by="bob", clock=5)]),
        Ack(4, AckResult.REBASE, 7, held=[Part("a", ["x"], "bob", 2)]),
        Ack(5, AckResult.COMMIT, 8, replaced=[Part("a", ["x"], "bob", 2), Part("a", ["y"], "cid", 3)]),
    ]
    [later] = asked(history, at(history, 7))
    assert later.acks == page.acks[2:]
    assert [page.acks for page in asked(history, at(history, 4, "dan"))] == [[]]


def test_acknowledgement_of_a_former_id_says_so() -> None:
    """SYNC-8."""
    history = bench()
    do(history, Set("a", {"x": 5}), seen=1)
    [page] = asked(history, at(history, 3, "restored", settles=["bob", "ann"]))
    assert [(ack.client_id, ack.client_clock) for ack in page.acks] == [("ann", 2)]


def test_a_forgotten_change_is_not_acknowledged() -> None:
    """SYNC-10: the replica sends it again, and its first result is no answer to that."""
    history = make(clients=1)
    do(history, Put("a", "k", {"x": 0, "y": 0}), by="bob")
    before = at(history, 1)
    do(history, Set("a", {"x": 1}), seen=0, yields=True)
    do(history, Set("a", {"y": 1}), seen=0, yields=True)
    [page] = asked(history, before)
    assert [(ack.client_clock, ack.clock) for ack in page.acks] == [(1, 2), (2, 3)]
    do(history, Put("b", "k"), by="bob")
    [page] = asked(history, before)
    assert (page.client_clock, page.known, page.acks) == (0, False, [])
    do(history, Set("a", {"y": 1}), seen=0, yields=True, skip=1)
    [page] = asked(history, before)
    assert (page.client_clock, page.known) == (2, False)
    # The first one gets a report: its number is below the one from which it is known again.
    assert [(ack.client_clock, ack.clock) for ack in page.acks] == [(1, 2), (2, 5)]


# Notices


def test_replica_is_told_whose_change_replaced_its_values() -> None:
    """SYNC-9, SEEN-10: its own and those that it settled, oldest first; others' values are left out."""
    history = bench()
    do(history, Set("a", {"x": 5, "y": 5}), seen=1)
    do(history, Set("a", {"x": 6}), by="dan", seen=3)
    do(history, Set("a", {"x": 7}), by="bob", seen=4)
    bob = [Notice(4, "a", ["x"], "ann")]
    [page] = asked(history, at(history, 3, "bob"))
    assert (page.notices, page.more) == (bob, 0)
    [page] = asked(history, at(history, 3, "restored", settles=["bob", "cid", "dan"]))
    assert page.notices == [*bob, Notice(4, "a", ["y"], "ann")]
    [page] = asked(history, at(history, 3, "ann"))
    assert page.notices == [Notice(5, "a", ["x"], "dan")]
    [page] = asked(history, at(history, 4, "bob"))
    assert page.notices == []


def test_values_of_nobody_are_no_notice_to_one_who_is_new() -> None:
    """STAMP-3, SYNC-9: the same goes for a client id that the session never saw."""
    history = bench()
    do(history, Set("a", {"x": 5}), seen=1)
    [page] = asked(history, at(history, 1, "new", settles=["unheard of"]))
    assert (page.notices, page.more, page.acks) == ([], 0, [])


def test_notices_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """SYNC-9: the newest are listed, the others counted."""
    monkeypatch.setattr(answers, "NOTICES", 2)
    history = bench()
    for _ in range(3):
        do(history, Set("a", {"x": history.clock}), by="bob")
        do(history, Set("a", {"x": history.clock}), seen=history.clock - 1)
    [page] = asked(history, at(history, 3, "bob"))
    assert [notice.clock for notice in page.notices] == [7, 9]
    assert page.more == 1


def test_outcomes_that_were_forgotten_count_as_more() -> None:
    """SYNC-9: nobody knows how many there were; a replica that never made a change has lost nothing."""
    history = bench(outcomes=1)
    for _ in range(2):
        do(history, Set("a", {"x": history.clock}), by="bob")
        do(history, Set("a", {"x": history.clock}), seen=history.clock - 1)
    assert history.outcomes.since == 5
    assert [asked(history, at(history, clock, "bob"))[0].more for clock in (4, 5)] == [1, 0]
    assert asked(history, at(history, 4, "new"))[0].more == 0


def test_only_the_last_page_has_outcomes() -> None:
    """SYNC-6, SYNC-9."""
    history = make(Limits(page_bytes=100))
    do(history, *(Put(f"r{n}", "k", {"x": 0}) for n in range(9)))
    do(history, Set("r0", {"x": 1}), by="bob")
    do(history, Set("r0", {"x": 2}), seen=1)
    pages = asked(history, SyncRequest("ann"))
    assert isinstance(pages[0], FullState)
    assert len(pages) > 1
    assert [bool(page.acks) for page in pages] == [page.done for page in pages]
