"""Who lies above whom, while a bench changes."""

from __future__ import annotations

from optiverse_collab.convert.siblings import Siblings
from optiverse_collab.core.records import Record


def record(id: str, order: float, **props: object) -> Record:
    return Record(id, "component", {"order": order, **props})


def of(*records: Record) -> Siblings:
    siblings = Siblings()
    for one in records:
        siblings.update(one.id, one)
    return siblings


def test_each_has_the_one_above_it() -> None:
    siblings = of(record("b", 1.0), record("a", 0.0), record("c", 0.5, parent="arm"))
    assert [siblings.above(id) for id in ("a", "b", "c")] == [(None, None), (None, "a"), ("arm", None)]
    assert siblings.above("nobody") is None


def test_a_change_affects_the_neighbours_only() -> None:
    siblings = of(*(record(id, at) for at, id in enumerate("abcd")))
    assert siblings.update("d", record("d", 0.5)) == {"d", "b"}
    assert siblings.update("a", None) == {"a", "d"}
    assert siblings.above("d") == (None, None)
    assert siblings.update("c", record("c", 0.0, parent="arm")) == {"c"}


def test_the_file_as_a_whole_has_no_place() -> None:
    siblings = of(record("a", 1.0))
    assert siblings.update("assembly", Record("assembly", "assembly", {"order": 0.0})) == set()
    assert siblings.update("nobody", None) == set()
    assert siblings.above("a") == (None, None)
