"""A picture of the bench: where things are, and where they were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from optiverse_collab.report.contents import Report
from optiverse_collab.report.drawing import Drawing
from optiverse_collab.report.frame import framed, shown, split_by_distance
from optiverse_collab.report.things import Thing, things, without_place
from optiverse_collab.wording.numbers import counted
from optiverse_collab.wording.values import joined

SYMBOLS = 300
"""This many things are drawn as symbols with names; further ones are dots."""

ARROWS = 60
"""This many things have an arrow from where they were; more would cover the bench."""

NAMED = 5
"""This many things that are too far away are named."""


class Picture(NamedTuple):
    """A picture.

    Attributes:
        svg: the file, in SVG.
        notes: what to know about it, in sentences.
    """

    svg: str
    notes: list[str]


def picture(report: Report) -> Picture:
    """The picture of a report."""
    near, far = split_by_distance(things(report.start, report.end))
    symbols, dots = near[:SYMBOLS], near[SYMBOLS:]
    drawing = Drawing(framed(shown(near) or [(0.0, 0.0)]), f"The bench of session {report.session}")
    drawing.dots(dots)
    removed = [thing for thing in symbols if thing.now is None]
    elsewhere = [thing for thing in symbols if thing.now and thing.old]
    for thing in [*removed, *reversed(elsewhere[:ARROWS])]:
        drawing.ghost(thing)
    for thing in reversed(symbols):
        drawing.thing(thing)
    unnamed = drawing.label(symbols)
    drawing.legend(near)
    placeless = without_place(report.start, report.end)
    notes = {
        "Dashed symbols and arrows show where things were.": 0 < len(elsewhere) <= ARROWS,
        f"Dashed symbols and arrows show where {ARROWS} of the moved things were.": len(elsewhere) > ARROWS,
        _far(far): far,
        f"{SYMBOLS} of {counted(len(near), 'thing')} have a symbol, the others are dots.": dots,
        f"There was no room for {counted(unnamed, 'name')}.": unnamed,
        f"The picture lacks {counted(placeless, 'changed item')} without a place.": placeless,
    }
    return Picture(drawing.written(), [note for note, applies in notes.items() if applies])


def _far(far: Sequence[Thing]) -> str:
    """The sentence about what is too far away, changed things first."""
    names = [f'"{thing.name}"' for thing in far[:NAMED] if thing.name]
    others = len(far) - len(names)
    if not names:
        return f"{counted(others, 'thing')} too far away to be shown."
    more = [counted(others, "other thing")] if others else []
    return f"Too far away to be shown: {joined([*names, *more])}."
