"""Real differences between two records of one item, as opposed to ones that editors create when they save.

An editor that opens a file and saves it again writes more than before, and some of it in another form
(docs/bench-format.md, "When two records are the same"). Such differences are not edits.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from optiverse_collab.convert.kinds import GROUP, LAYER, is_item
from optiverse_collab.convert.layers import FLAGS, tree_of
from optiverse_collab.convert.shapes import is_number
from optiverse_collab.core.records import Record, Set

PLACE = frozenset(("parent", "order", "z_value"))
"""Properties that place a record, and don't describe it (SEEN-6)."""

TOLERANCE = 1e-6
"""For numbers, in their own unit (mm, degrees): a point that was rotated and rotated back may differ in
the last digits."""

_DERIVED = frozenset(("locked",))
"""Derived properties: 0.3 takes an item's lock from the tree, not from the item."""

_DERIVED_OF_GROUPS = _DERIVED | {"absent_items", "linked_cache", "z_base"}

_FILES = frozenset(("image_path", "source_path"))
"""Each computer has these files in another folder, and an editor forgets a missing file."""

_TEXT_COLOURS = frozenset(("#0a0a28", "#000000", "#ffffff"))
"""The default colour of a text in files, in the light theme and in the dark one."""

_FLAGS_OF_ITEMS = {f"{LAYER}{name}": value for name, value in FLAGS.items()}
"""The tree's properties of an item, with their defaults."""

_FILLED_IN: dict[str, Any] = {
    "mm_per_pixel": 0.1,
    "object_height_mm": 60.0,
    "angle_deg": 0.0,
    "efl_mm": 100.0,
    "clear_aperture_mm": 0.0,
    "reflectivity": 100.0,
    "split_T": 50.0,
    "split_R": 50.0,
    "cutoff_wavelength_nm": 550.0,
    "transition_width_nm": 50.0,
    "pass_type": "longpass",
    "n1": 1.0,
    "n2": 1.5,
    "radius_of_curvature_mm": 0.0,
    "polarizer_subtype": "waveplate",
    "phase_shift_deg": 90.0,
    "fast_axis_deg": 0.0,
    "transmission_axis_deg": 0.0,
    "pbs_transmission_axis_deg": 0.0,
    "extinction_ratio_db": 40.0,
    "rotation_angle_deg": 45.0,
    "wavelength_nm": 633.0,
    "polarization_type": "horizontal",
    "polarization_angle_deg": 0.0,
    "source_type": "ray",
    "beam_waist_mm": 0.5,
}
"""Values that editors fill in: property, or part of an interface → value."""

_ABSENT = object()

_COLOUR = re.compile("#[0-9a-fA-F]{6}")


class Comparison(NamedTuple):
    """The items of one bench compared with those of another.

    Attributes:
        new: ids of items that only the first has.
        differ: of items that both have, with other content.
        same: of items that both have, with the same content.
        missing: of items that only the second has.
    """

    new: list[str]
    differ: list[str]
    same: list[str]
    missing: list[str]


def compare(mine: Mapping[str, Record], theirs: Mapping[str, Record]) -> Comparison:
    """Compare the items of two benches, without their groups and places."""
    missing = [id for id, record in theirs.items() if is_item(record) and id not in mine]
    found = Comparison([], [], [], missing)
    for id, record in mine.items():
        if not is_item(record):
            continue
        other = theirs.get(id)
        if other is None:
            found.new.append(id)
        else:
            (found.differ if differs(record, other) else found.same).append(id)
    return found


def alike(a: Mapping[str, Record], b: Mapping[str, Record]) -> bool:
    """Whether two benches are the same to their users: content, groups and places."""
    trees = [
        {parent: [record.id for record in siblings] for parent, siblings in tree_of(bench).items()}
        for bench in (a, b)
    ]
    ids = {id for siblings in trees[0].values() for id in siblings}
    return trees[0] == trees[1] and not any(differs(a[id], b[id]) for id in ids)


def differs(a: Record, b: Record) -> bool:
    """Whether two records differ in content, regardless of their places."""
    return a.kind != b.kind or bool(differing(a, b))


def differing(a: Record, b: Record) -> list[str]:
    """The names of the properties in which two records of a kind really differ.

    Properties that only one of them has don't count: editors fill in defaults, and leave out unknown
    ones.
    """
    skipped = PLACE | (_DERIVED_OF_GROUPS if a.kind == GROUP else _DERIVED)
    return [
        name
        for name, value in a.props.items()
        if name in b.props and name not in skipped and not same_meaning(a.kind, name, value, b.props[name])
    ]


def agree(there: Record, file: Record, name: str) -> bool:
    """Whether a file and a session's record of one kind say the same about a property, in whatever form.

    Unlike for `differing`, it counts what only one of them states, unless editors fill it in.
    """
    flags = FLAGS if there.kind == GROUP else _FLAGS_OF_ITEMS
    a = there.props.get(name, flags.get(name, _ABSENT))
    b = file.props.get(name, flags.get(name, _ABSENT))
    if a is _ABSENT or b is _ABSENT:
        return a is b or _is_filled_in(name, b if a is _ABSENT else a)
    return same_meaning(there.kind, name, a, b) and not _says_more(a, b) and not _says_more(b, a)


def overwriting(there: Record, file: Record, has_tree: bool) -> Set | None:
    """The edit that gives a record the content of another one of its kind; None if it has that already.

    It sets the properties that `differing` finds, those of the tree, and those that only `file` has, unless
    editors fill them in. Properties that only `there` has stay.

    Args:
        there: the record.
        file: the other one.
        has_tree: whether its tree says which items are hidden or locked; the others are neither then.
    """
    is_group = there.kind == GROUP
    skipped = PLACE | (_DERIVED_OF_GROUPS - FLAGS.keys() if is_group else _DERIVED)
    flags = FLAGS if is_group else _FLAGS_OF_ITEMS
    before = {**flags, **there.props}
    props = {
        name: value
        for name, value in file.props.items()
        if name not in skipped and not _is_stated(before, there.kind, name, value)
    }
    gone = (there.props.keys() & flags.keys()) - file.props.keys()
    unset = sorted(name for name in gone if has_tree and before[name] != flags[name])
    return Set(there.id, props, unset) if props or unset else None


def _is_stated(props: Mapping[str, Any], kind: str, name: str, value: Any) -> bool:
    """Whether properties already have an import's value for one of them."""
    if name not in props:
        return _is_filled_in(name, value)
    return same_meaning(kind, name, props[name], value) and not _says_more(props[name], value)


def _says_more(there: Any, value: Any) -> bool:
    """Whether a property has a part, for example of an interface, that the other one lacks."""
    if isinstance(value, list) and isinstance(there, (list, tuple)):
        return any(_says_more(*pair) for pair in zip(there, value, strict=False))
    if not isinstance(value, dict) or not isinstance(there, dict):
        return False
    return any(
        _says_more(there[name], part) if name in there else not _is_filled_in(name, part)
        for name, part in value.items()
    )


def _is_filled_in(name: str, value: Any) -> bool:
    """Whether a property has the same meaning as a missing one."""
    if not value and not is_number(value):  # null, false and empty values
        return True
    return name in _FILLED_IN and same_meaning("", name, value, _FILLED_IN[name])


def same_meaning(kind: str, name: str, a: Any, b: Any) -> bool:
    """Whether two values of a property mean the same to an editor.

    Args:
        kind: the record's.
        name: the property's, or that of the compared part.
        a, b: JSON values.
    """
    if a is b or (type(a) is type(b) and a == b):  # the usual case, and quick
        return True
    if name in _FILES:
        return a is None or b is None or _file_name(a) == _file_name(b)
    if is_number(a) and is_number(b):
        return _same_number(name, a, b)
    if isinstance(a, str) and isinstance(b, str):
        return a == b or _same_colour(kind, name, a, b)
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(same_meaning(kind, name, x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return all(same_meaning(kind, key, a[key], b[key]) for key in a.keys() & b.keys())
    return False


def _same_number(name: str, a: float, b: float) -> bool:
    apart = abs(a - b)
    if name == "angle_deg" and math.isfinite(apart):
        apart = min(apart % 360.0, -apart % 360.0)
    return apart <= TOLERANCE


def _same_colour(kind: str, name: str, a: str, b: str) -> bool:
    if not (_COLOUR.fullmatch(a) and _COLOUR.fullmatch(b)):
        return False
    colours = {a.lower(), b.lower()}
    return len(colours) == 1 or (kind == "text" and name == "color" and colours <= _TEXT_COLOURS)


def _file_name(path: Any) -> Any:
    return path.replace("\\", "/").rsplit("/", 1)[-1] if isinstance(path, str) else path
