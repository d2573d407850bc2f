"""What a step changed, and what others changed since."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.effects import ShowChange
from optiverse_collab.core.records import Op, Put, Record, Remove, Set
from optiverse_collab.window.steps import PLACE, Mark, Provenance, Step, names_in, only, values

LENS = Record("lens", "component", {"x": 1, "y": 2})


def shown(*ops: Op, by: str | None = "Ben", before: Record | None = LENS) -> ShowChange:
    """A change to the lens by somebody else."""
    authors = {} if by is None else {op.id: by for op in ops}
    return ShowChange(ops, authors, {op.id: before for op in ops})


def names(provenance: Provenance, step: Step, record: Record | None = LENS) -> dict[str, str]:
    """The properties of the lens that others changed since a step, and their names."""
    return {name: mark.by for name, mark in provenance.since(step, "lens", record).items()}


def test_edit_of_mine_covers_theirs_until_it_is_undone() -> None:
    """SEEN-5: a second undo finds their value again."""
    provenance, first, second = Provenance(), Step("1"), Step("2")
    first.note(Set("lens", {"x": 3}), provenance.take(Set("lens", {"x": 3})))
    provenance.note(shown(Set("lens", {"x": 5}, ["z"])))
    assert names(provenance, first) == {"x": "Ben", "z": "Ben"}
    second.note(Set("lens", {"x": 6}), provenance.take(Set("lens", {"x": 6})))
    assert names(provenance, second) == {"z": "Ben"}
    provenance.put_back(Set("lens", {"x": 5}), second.covered["lens"])
    assert names(provenance, first) == {"x": "Ben", "z": "Ben"}
    assert names(provenance, second) == {"z": "Ben"}


def test_what_is_again_as_the_step_left_it_is_its_own() -> None:
    provenance, step = Provenance(), Step("1")
    step.left["lens"] = LENS
    provenance.note(shown(Set("lens", {"x": 5})))
    provenance.note(shown(Set("lens", {"y": 3})))
    provenance.note(shown(Set("lens", {"x": 1, "z": 4})))
    now = Record("lens", "component", {"x": 1, "y": 3, "z": 4})
    assert names(provenance, step, now) == {"y": "Ben", "z": "Ben"}


@pytest.mark.parametrize(
    ("op", "marked"), [("parent", {*PLACE}), ("order", {*PLACE}), ("z_value", set()), ("x", {"x"})]
)
def test_place_is_one_unit(op: str, marked: set[str]) -> None:
    """SEEN-6: and a z_value alone never conflicts."""
    provenance = Provenance()
    provenance.note(shown(Set("lens", {op: 5})))
    assert provenance.since(Step("1"), "lens", LENS).keys() == marked


def test_records_that_come_and_go_have_no_marks() -> None:
    provenance, step = Provenance(), Step("1")
    provenance.note(shown(Put("lens", "component", {"x": 1, "parent": "g"}), before=None))
    assert names(provenance, step) == dict.fromkeys(PLACE, "Ben")
    provenance.note(shown(Put("lens", "mirror", {"x": 1})))
    assert names(provenance, step).keys() == {*PLACE, "x", "y"}
    provenance.note(shown(Remove("lens")))
    assert names(provenance, step) == {}


def test_record_whose_removal_was_held_comes_back_as_theirs() -> None:
    """SEEN-7: so redo, and the next undo, know whose record it is."""
    provenance = Provenance()
    provenance.take(Remove("lens"))
    provenance.keep("lens", "Ben")
    provenance.note(shown(Put("lens", "component", {"x": 1}), by=None, before=None))
    assert names(provenance, Step("1")) == {"x": "Ben"}
    provenance.note(shown(Remove("lens")))
    provenance.note(shown(Put("lens", "component", {"y": 1}), by="Eve", before=None))
    assert names(provenance, Step("1")) == {"y": "Eve"}
    provenance.clear()
    assert names(provenance, Step("1")) == {}


def test_an_earlier_word_counts_where_nobody_knows_who() -> None:
    provenance = Provenance()
    provenance.stand("lens", Step.marks(["x"], "Ben"))
    provenance.note(shown(Set("lens", {"x": 5, "y": 5}), by=None))
    assert names(provenance, Step("1")) == {"x": "Ben", "y": ""}


def test_removal_covers_all_marks_and_its_undo_brings_them_back() -> None:
    provenance, step = Provenance(), Step("1")
    provenance.note(shown(Set("lens", {"x": 5})))
    step.note(Remove("lens"), provenance.take(Remove("lens")))
    assert names(provenance, Step("other")) == {}
    provenance.put_back(Put("lens", "component", {"x": 5}), step.covered["lens"])
    assert names(provenance, step) == {}
    assert names(provenance, Step("other")) == {"x": "Ben"}
    provenance.put_back(Remove("lens"), {})
    assert names(provenance, Step("other")) == {}


def test_steps_that_are_undone_together_are_one() -> None:
    one, two = Step("1"), Step("2")
    one.note(Set("lens", {"x": 3}), {})
    mark = Mark("Ben")
    two.note(Set("lens", {"y": 3}, ["z"]), {"y": mark})
    two.note(Put("new", "k", {}), {})
    two.left["new"] = None
    one.absorb(two)
    assert one.changed == {"lens": {"x", "y", "z"}, "new": None}
    assert one.covered["lens"] == {"y": mark}
    assert one.left == {"new": None}
    two.note(Set("new", {"x": 1}), {})
    assert two.changed["new"] is None


def test_step_knows_the_values_that_it_replaced_unseen() -> None:
    """SEEN-3: if nobody knows them, the step may not change them any more."""
    step = Step("1")
    step.replaced("lens", Step.marks(["x", "y"], "Ben"), Set("lens", {"x": 5}, ["y"]))
    step.replaced("lens", Step.marks(["x", "y"], "Ben"), Set("lens", {"y": 6}, ["x"]))
    assert step.unseen == {"lens": Set("lens", {"y": 6}, ["x"])}
    step.replaced("lens", Step.marks(["z"], "Ben"), None)
    assert step.disowned["lens"].keys() == {"z"}
    assert names(Provenance(), step) == {"z": "Ben"}


def test_parts_of_an_edit() -> None:
    marks = Step.marks(["x", "z"], "Ben")
    assert names_in(Set("lens", {"x": 1, "y": 1}), marks) == ["x"]
    assert names_in(Set("lens", {}, ["z"]), marks) == ["z"]
    assert names_in(Remove("lens"), marks) == ["x", "z"]
    assert values(LENS, ["x", "z"]) == Set("lens", {"x": 1}, ["z"])
    assert only(Set("lens", {"x": 1, "y": 1}, ["z"]), ["y", "z"]) == Set("lens", {"y": 1}, ["z"])
