"""Optiverse's own ray tracing of benches that no window shows."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from optiverse_collab.convert import item_from_record
from optiverse_collab.convert.layers import hidden
from optiverse_collab.convert.outlines import Line, Point, interface_lines, is_met, lines_of
from optiverse_collab.core.records import Record
from optiverse_collab.host.optiverse.items.fields import accepts
from optiverse_collab.host.optiverse.upstream.engine import Element, SourceProperties, engine_names
from optiverse_collab.host.optiverse.upstream.items import Interface
from optiverse_collab.host.optiverse.upstream.version import installed_version, knows_layers

_TO_NOBODY = logging.NullHandler()
"""Optiverse logs a traceback for each unknown interface; without a window, Python would print it."""


class _Placed:
    """Stands in for a component on the canvas: the engine asks it for nothing but its interfaces.

    The host's own objects would load pictures, and need a running Qt.
    """

    def __init__(self, record: Record) -> None:
        self._record = record

    def get_interfaces_scene(self) -> list[tuple[Point, Point, Interface]]:
        if self._record.kind != "component":
            return []
        definition = engine_names().InterfaceDefinition
        lines = interface_lines(self._record)
        if not all(accepts(definition, name, value) for one, _ in lines for name, value in one.items()):
            return []  # as in a window, where such an item has no interfaces
        return [(a, b, definition.from_dict(dict(one))) for one, (a, b) in lines]


class OptiverseRays:
    """Implements `optiverse_collab.host.api.RayEngine`.

    Raises:
        HostUnsupported: Optiverse lacks something; the text says what.
    """

    def __init__(self) -> None:
        logging.getLogger("optiverse").addHandler(_TO_NOBODY)
        self._names = engine_names()
        self.name = f"Optiverse {installed_version()}"

    def hits(self, records: Mapping[str, Record], id: str) -> bool:
        """See `RayEngine`. Interfaces may be curved; the engine itself says which rays meet them."""
        made = {one.id: self._names.convert_scene_to_polymorphic([_Placed(one)]) for one in records.values()}
        for element in made[id]:
            element.interact = _meet
        elements = [element for some in made.values() for element in some]
        try:
            beams = self._beams(elements, [one for one in _sources(records) if one.id != id])
        except _Met:
            return True
        return not made[id] and is_met(lines_of(records[id]), beams)

    def _beams(self, elements: Sequence[Element], sources: Iterable[Record]) -> list[Line]:
        """All light, from these sources; in one thread: several are slower."""
        shining, most = [self._source(one) for one in sources], self._names.MAX_RAYTRACING_EVENTS
        paths = self._names.trace_rays_polymorphic(elements, shining, max_events=most, parallel=False)
        return [line for path in paths for line in _lines(path.points)]

    def _source(self, record: Record) -> SourceProperties:
        params = self._names.SourceParams
        known = {field.name for field in dataclasses.fields(params)}  # type: ignore[arg-type]
        values = item_from_record(record).items()
        return params(**{name: v for name, v in values if name in known and accepts(params, name, v)})


class _Met(Exception):
    """A ray meets the item: nothing more needs to be traced."""


def _meet(*ray: object) -> Sequence[object]:
    """Stands in for what an element does with a ray.

    Raises:
        _Met: always.
    """
    raise _Met


def _sources(records: Mapping[str, Record]) -> Iterator[Record]:
    """The sources that shine; 0.2 doesn't turn hidden ones off."""
    dark = hidden(records) if knows_layers() else set()
    return (one for one in records.values() if one.kind == "source" and one.id not in dark)


def _lines(points: Sequence[Sequence[float]]) -> Iterator[Line]:
    return pairwise((float(x), float(y)) for x, y in points)
