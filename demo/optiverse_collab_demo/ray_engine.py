"""The demo bench's ray tracing of benches that no window shows. No Qt."""

from __future__ import annotations

from collections.abc import Mapping

from optiverse_collab import manifest
from optiverse_collab.convert.outlines import is_met, lines_of
from optiverse_collab.core.records import Record
from optiverse_collab_demo import beams


class DemoRays:
    """Implements `optiverse_collab.host.api.RayEngine`."""

    def __init__(self) -> None:
        self.name = f"Demo Bench {manifest.load().plugin.version}"

    def hits(self, records: Mapping[str, Record], id: str) -> bool:
        """See `RayEngine`. What this bench has no optics for lets light pass, and counts as hit."""
        others = [(one.kind, one.props) for one in records.values() if one.kind != "source" or one.id != id]
        return is_met(lines_of(records[id]), ((one.start, one.end) for one in beams.light_of(others)))
