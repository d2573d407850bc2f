"""What became of two edits of the same thing: who did what, with both values (SEEN-10)."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.effects import Conflict, ConflictKind
from optiverse_collab.core.records import Op, Put, Record, Remove, Set
from optiverse_collab.wording.conflicts import sentence

LENS = Record("lens-1234567890", "component", {"name": "Lens 1", "pos": [1.5, 2.0]})
MINE = Set(LENS.id, {"pos": [1.5, 2.0]})
THEIRS = Set(LENS.id, {"pos": [7.0, 8.0]})
REMOVAL = Remove(LENS.id)


def said(
    kind: ConflictKind,
    mine: Op = MINE,
    theirs: Op | None = THEIRS,
    by: str = "Ann",
    names: tuple[str, ...] = ("pos",),
    record: Record | None = LENS,
) -> str:
    """The sentence for an edit of a lens that met another."""
    return sentence(Conflict(kind, by, names, mine, theirs, record))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (
            ConflictKind.HELD,
            'Ann moved "Lens 1" to (7.0, 8.0) mm; your change (pos = [1.5,2.0]) was not applied',
        ),
        (ConflictKind.GONE, 'Ann removed "Lens 1"; your change (pos = [1.5,2.0]) had no effect'),
        (
            ConflictKind.REPLACED_THEIRS,
            'Your change (pos = [1.5,2.0]) of "Lens 1" replaced what you had not seen: '
            "Ann's change (pos = [7.0,8.0])",
        ),
        (
            ConflictKind.REPLACED_MINE,
            'Ann moved "Lens 1" to (7.0, 8.0) mm without having seen your change (pos = [1.5,2.0]), '
            "which is replaced",
        ),
    ],
)
def test_both_edits_are_told_with_their_values(kind: ConflictKind, text: str) -> None:
    assert said(kind) == text


def test_every_kind_has_a_sentence_of_its_own() -> None:
    sentences = {said(kind) for kind in ConflictKind}
    assert len(sentences) == len(ConflictKind)
    assert all(line[0].isupper() and not line.endswith(".") for line in sentences)


@pytest.mark.parametrize(
    ("mine", "edit"),
    [
        (Set(LENS.id, {"a": 1}, ["b\n"]), "your change (a = 1, without b\\n) was"),
        (Set(LENS.id), "your change was"),
        (Put(LENS.id, "component", {"a": 1}), "your change (a = 1) was"),
        (Put(LENS.id, "component"), "your new item was"),
        (REMOVAL, "your removal was"),
    ],
)
def test_my_edit_is_a_noun_with_its_values(mine: Op, edit: str) -> None:
    assert edit in said(ConflictKind.HELD, mine)


@pytest.mark.parametrize(
    ("theirs", "deed"),
    [
        (REMOVAL, 'Ann removed "Lens 1";'),
        (Put(LENS.id, "component", {"name": "Mirror"}), 'Ann replaced "Mirror";'),
        (Set(LENS.id, {}, ["notes"]), 'Ann changed notes of "Lens 1";'),
        (None, 'Ann changed pos of "Lens 1";'),
    ],
)
def test_their_edit_is_told_as_far_as_it_is_known(theirs: Op | None, deed: str) -> None:
    assert said(ConflictKind.HELD, theirs=theirs).startswith(deed)


def test_edit_of_theirs_with_unknown_properties_is_told() -> None:
    """PUSH-4: a part without names is the whole operation."""
    assert said(ConflictKind.REPLACED_THEIRS, REMOVAL, None, names=()) == (
        'Your removal of "Lens 1" replaced what you had not seen: Ann changed "Lens 1"'
    )


def test_who_is_not_known_is_somebody() -> None:
    assert said(ConflictKind.GONE, REMOVAL, by="", record=None) == (
        "Somebody removed record lens-123; your removal had no effect"
    )


@pytest.mark.parametrize("kind", ConflictKind)
@pytest.mark.parametrize("theirs", [THEIRS, None])
def test_nobody_forges_a_line(kind: ConflictKind, theirs: Op | None) -> None:
    evil = Record(LENS.id, "component", {"name": "a\nb"})
    text = said(kind, Set(LENS.id, {"x\n": "y\u2028"}), theirs, "x\n12:00 forged", ("p\n",), evil)
    assert text.isprintable()
