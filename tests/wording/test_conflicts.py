"""The outcome of two edits of the same thing: who did what, with both values (SEEN-10)."""

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
    away: bool = False,
) -> str:
    """The sentence about a conflict between two edits of a lens."""
    return sentence(Conflict(kind, by, names, mine, theirs, record, away=away))


@pytest.mark.parametrize(
    ("kind", "away", "text"),
    [
        (ConflictKind.HELD, False, "Ann moved {}; your (1.5, 2.0) mm was not applied"),
        (ConflictKind.HELD, True, "Ann moved {} while you were away; your (1.5, 2.0) mm was not applied"),
        (ConflictKind.GONE, True, "Ann moved {} while you were away; your (1.5, 2.0) mm was not applied"),
        (
            ConflictKind.REPLACED_MINE,
            False,
            "Ann moved {} at the same time, which replaced your (1.5, 2.0) mm",
        ),
        (
            ConflictKind.REPLACED_MINE,
            True,
            "Ann moved {} while you were away, which replaced your (1.5, 2.0) mm",
        ),
        (
            ConflictKind.REPLACED_THEIRS,
            True,
            'You moved "Lens 1" to (1.5, 2.0) mm, which replaced Ann\'s (7.0, 8.0) mm that you had not seen',
        ),
    ],
)
def test_both_edits_are_told_with_their_values(kind: ConflictKind, away: bool, text: str) -> None:
    """SEEN-10: and whose value stands; only users who were away read that they were."""
    assert said(kind, away=away) == text.format('"Lens 1" to (7.0, 8.0) mm')


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (ConflictKind.HELD, 'Ann removed "Lens 1"; your move to (1.5, 2.0) mm was not applied'),
        (ConflictKind.GONE, 'Ann removed "Lens 1"; your move to (1.5, 2.0) mm was not applied'),
        (
            ConflictKind.REPLACED_MINE,
            'Ann removed "Lens 1" at the same time, and with it your move to (1.5, 2.0) mm',
        ),
    ],
)
def test_their_removal_is_told(kind: ConflictKind, text: str) -> None:
    assert said(kind, theirs=REMOVAL, names=()) == text


@pytest.mark.parametrize(
    ("theirs", "names", "text"),
    [
        (THEIRS, ("pos",), "Ann's move to (7.0, 8.0) mm"),
        (THEIRS, (), "a change of Ann's"),
        (None, ("pos",), "a change of Ann's"),
    ],
)
def test_my_removal_of_what_they_changed_is_told(
    theirs: Op | None, names: tuple[str, ...], text: str
) -> None:
    """PUSH-4: a part without names is the whole operation."""
    assert said(ConflictKind.REPLACED_THEIRS, REMOVAL, theirs, names=names) == (
        f'You removed "Lens 1", and with it {text} that you had not seen'
    )


@pytest.mark.parametrize(
    ("mine", "edit"),
    [
        (Set(LENS.id, {"a_mm": 1, "name": "B"}), 'your name "B" and a 1 mm were not'),
        (Set(LENS.id, {}, ["b\n"]), "your removal of b\\n was"),
        (Set(LENS.id), "your change was"),
        (Set(LENS.id, {"pos": [1.0, 2.0]}, ["a"]), "your move to (1.0, 2.0) mm and removal of a were"),
        (Put(LENS.id, "component"), "your new item was"),
        (REMOVAL, "your removal was"),
    ],
)
def test_my_edit_is_a_noun_with_its_values(mine: Op, edit: str) -> None:
    assert edit in said(ConflictKind.HELD, mine)


def test_my_values_are_in_full_in_the_log() -> None:
    """REP-8: they may be stored nowhere else."""
    mine = Set(LENS.id, {"notes": "x" * 100})
    conflict = Conflict(ConflictKind.REPLACED_MINE, "Ann", ("notes",), mine, REMOVAL, LENS)
    assert "x" * 100 in sentence(conflict, in_full=True)
    assert "x" * 61 not in sentence(conflict)


def test_values_of_mine_that_are_not_known_are_named() -> None:
    """SYNC-9: the record was not here."""
    mine = Set(LENS.id, {}, ["pos", "angle_deg"])
    text = said(ConflictKind.REPLACED_MINE, mine, THEIRS, names=("pos", "angle_deg"), record=None)
    assert text.endswith(", which replaced your position and angle")
    assert said(ConflictKind.REPLACED_MINE, Set(LENS.id), record=None).endswith("replaced your change")


def test_place_in_the_layers_is_told_without_numbers() -> None:
    """SEEN-6: the three properties are one unit."""
    mine, theirs = Set(LENS.id, {"order": 1.5, "z_value": 2.0}), Set(LENS.id, {"order": 2.5}, ["parent"])
    names = ("order", "parent", "z_value")
    text = 'Ann moved "Lens 1" in the layers; your move in the layers was not applied'
    assert said(ConflictKind.HELD, mine, theirs, names=names) == text
    one = Set(LENS.id, {"order": 1.5})
    assert said(ConflictKind.HELD, one, Set(LENS.id, {"order": 2.5}), names=("order",)) == text


@pytest.mark.parametrize(
    ("theirs", "names", "deed"),
    [
        (Put(LENS.id, "component", {"name": "Mirror"}), (), 'Ann replaced "Mirror";'),
        (Set(LENS.id, {}, ["notes"]), ("notes",), 'Ann changed notes of "Lens 1" to nothing;'),
        (THEIRS, (), 'Ann changed "Lens 1";'),
        (None, ("pos", "object_height_mm"), 'Ann changed position and object height of "Lens 1";'),
        (None, (), 'Ann changed "Lens 1";'),
    ],
)
def test_their_edit_is_told_as_far_as_it_is_known(
    theirs: Op | None, names: tuple[str, ...], deed: str
) -> None:
    assert said(ConflictKind.HELD, theirs=theirs, names=names).startswith(deed)


def test_who_is_not_known_is_somebody() -> None:
    assert said(ConflictKind.GONE, REMOVAL, REMOVAL, by="", record=None) == (
        "Somebody removed record lens-123; your removal was not applied"
    )


@pytest.mark.parametrize("kind", ConflictKind)
@pytest.mark.parametrize("theirs", [THEIRS, None])
def test_nobody_forges_a_line(kind: ConflictKind, theirs: Op | None) -> None:
    evil = Record(LENS.id, "component", {"name": "a\nb"})
    text = said(kind, Set(LENS.id, {"x\n": "y\u2028"}), theirs, "x\n12:00 forged", ("p\n",), evil)
    assert text.isprintable()
