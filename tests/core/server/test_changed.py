"""Which records changed: SYNC-2, SYNC-15 and REP-10 of docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab.core.protocol.messages import Delta, OtherHistory
from optiverse_collab.core.records import Lane, Put, Remove, Set
from optiverse_collab.core.server import answers, changed
from optiverse_collab.core.server.answers import answer_of
from optiverse_collab.core.server.changed import changed_since
from optiverse_collab.core.server.history import History
from tests.core.server.histories import asked, at, begin_chunk, do, make


@pytest.fixture(params=["few", "many"])
def history(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> History:
    """Twenty records: d to g came after clock 1, then a, e and h changed; with few or many properties."""
    if request.param == "many":
        monkeypatch.setattr(changed, "FEW", 2)
        monkeypatch.setattr(changed, "AT_ONCE", 3)
    history = make()
    do(history, *(Put(id, "k", {"x": 0}) for id in "abchijklmnopqrst"))
    for id in "defg":
        do(history, Put(id, "k", {"x": 0}))
    for id in "hea":
        do(history, Set(id, {"x": 1}))
    return history


def test_new_records_come_in_the_documents_order(history: History) -> None:
    """REP-10: and their stamps show which ones are not new."""
    total, pairs = changed_since(history, 1)
    found = [(record.id, own.whole.clock) for record, own in filter(None, pairs)]
    assert total == len(found) == 6
    assert [id for id, clock in found if clock > 1] == ["d", "e", "f", "g"]
    assert sorted(id for id, clock in found if clock == 1) == ["a", "h"]
    assert changed_since(history, history.clock)[0] == 0


@pytest.mark.parametrize("clock", range(1, 9))
def test_pages_show_the_moment_when_they_were_asked_for(history: History, clock: int) -> None:
    """SYNC-3: from any clock, whatever changes before the pages are made."""
    before = asked(history, at(history, clock))
    answer = answer_of(history, at(history, clock))
    do(history, Set("a", {"x": 9, "y": 9}), Remove("d"), Put("h", "other"), by="bob", step="sweep:1")
    begin_chunk(history)
    assert list(answer) == before  # type: ignore[arg-type]
    records = {record.id for page in before for record in page.records}
    ops = {op.id for page in before if isinstance(page, Delta) for op in page.ops}
    assert records == {*"defg"[clock - 1 : 4]}
    assert ops == {id for id, changed_at in (("h", 6), ("e", 7), ("a", 8)) if changed_at > clock} - records


def test_full_state_shows_the_moment_when_it_was_asked_for(history: History) -> None:
    """CLK-4, SYNC-3"""
    history.start = 2
    before = asked(history, at(history, 1))
    answer = answer_of(history, at(history, 1))
    do(history, Set("a", {"x": 9}), by="bob")
    assert list(answer) == before  # type: ignore[arg-type]
    assert len([record for page in before for record in page.records]) == 20


def test_work_is_done_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """LIM-11: a request looks at no record, and no page at more than `AT_ONCE`."""
    looks = 0
    look = answers._Answer._thing

    def counted(self: answers._Answer, *pair: object) -> answers.Thing:
        nonlocal looks
        looks += 1
        return look(self, *pair)  # type: ignore[arg-type]

    monkeypatch.setattr(answers._Answer, "_thing", counted)
    monkeypatch.setattr(changed, "FEW", 100)
    monkeypatch.setattr(changed, "AT_ONCE", 50)
    history = make()
    do(history, Put("first", "k"))
    for start in range(0, 5000, 1000):
        do(history, *(Put(f"r{start + number}", "k", {"x": 0}) for number in range(1000)))
    answer = answer_of(history, at(history, 1))
    assert looks == 0
    counts = []
    assert not isinstance(answer, OtherHistory)
    for page in answer:
        assert isinstance(page, Delta)
        assert page.total == 5000
        counts.append(looks)
        looks = 0
    assert sum(counts) == 5000
    assert max(counts) <= 50


def test_lanes_that_a_replica_does_not_know_are_left_out() -> None:
    """DOC-8"""
    history = make()
    do(history, Put("a", "k"))
    do(history, Put("talk", "k", {}, Lane.TALK))
    do(history, Put("b", "k"))
    [page] = asked(history, at(history, 1))
    assert [record.id for record in page.records] == ["b"]
