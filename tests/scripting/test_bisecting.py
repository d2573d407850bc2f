"""Which edit broke a beam, for scripts."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from optiverse_collab.core.client.bisection import Verdict
from optiverse_collab.core.client.past_steps import played, steps_of
from optiverse_collab.core.protocol.past import PastEntry
from optiverse_collab.core.records import Op, Put, Record, Remove, Set
from optiverse_collab.errors import CollaborationError
from optiverse_collab.scripting.bisecting import bisect
from optiverse_collab.scripting.history import PastSpan


def detector(id: str, **props: object) -> Record:
    """A detector called D1."""
    return Record(id, "component", {"name": "D1", **props})


def past(start: Mapping[str, Record], *ops: Op) -> PastSpan:
    """A span in which each of these is a step."""
    entries = [PastEntry(clock, 0, "Ana", [op], str(clock)) for clock, op in enumerate(ops, 1)]
    return PastSpan(dict(start), played(start, entries), steps_of(start, entries), True)


START = {"d1": detector("d1", hit=True), "m": Record("m", "component", {"name": "M3"})}
BROKEN = past(START, Set("m", {"x": 1}), Set("d1", {"hit": False}), Set("m", {"x": 2}))


def hits(records: Mapping[str, Record], id: str) -> bool:
    """A trace whose result the item itself says."""
    return bool(records[id].props["hit"])


def test_step_is_found_by_name_or_id() -> None:
    for name in ("D1", "d1"):
        found = bisect(BROKEN, name, hits)
        assert (found.item, found.verdict, found.traces, found.faults) == ("d1", Verdict.BROKEN, 4, [])
        assert [step.last for step in found.steps] == [2]


def test_items_that_are_gone_are_found_if_the_name_is_free() -> None:
    removed = past(START, Remove("d1"))
    assert [step.last for step in bisect(removed, "D1", hits).steps] == [1]
    twice = past(START, Remove("d1"), Put("new", "component", detector("new", hit=True).props))
    assert bisect(twice, "D1", hits).item == "new"
    assert bisect(twice, "d1", hits).item == "d1"
    renamed = past(START, Set("d1", {"name": "D2", "hit": False}))
    assert bisect(renamed, "D1", hits).item == "d1"


def test_unclear_names_are_explained() -> None:
    both = past({**START, "d2": detector("d2")})
    with pytest.raises(CollaborationError, match="2 items are called 'D1': name one by its id, d1 or d2"):
        bisect(both, "D1", hits)
    gone = past({"d1": detector("d1"), "d2": detector("d2")}, Remove("d1"), Remove("d2"))
    with pytest.raises(CollaborationError, match="2 items are called"):
        bisect(gone, "D1", hits)
    named_like_an_id = past({**START, "D1": Record("D1", "component", {"hit": True})})
    assert bisect(named_like_an_id, "D1", hits).item == "D1"
    with pytest.raises(CollaborationError, match="There is no item 'M4'"):
        bisect(BROKEN, "M4", hits)
