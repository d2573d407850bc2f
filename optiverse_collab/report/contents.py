"""What a report is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from optiverse_collab.core.client.past_steps import PastStep
from optiverse_collab.core.protocol.address import moment_link
from optiverse_collab.core.records import Record


@dataclass(frozen=True)
class Report:
    """A part of a session's history.

    Attributes:
        server: an address of the server, for links; its secrets are left out.
        session: the session's name.
        start, end: the bench before and after: id → record.
        steps: what was done in between; at least one.
        is_whole: False if the server no longer keeps all of it.
        zone: the time zone of whoever reads it; None for this computer's.
    """

    server: str
    session: str
    start: Mapping[str, Record]
    end: Mapping[str, Record]
    steps: Sequence[PastStep]
    is_whole: bool = True
    zone: tzinfo | None = None

    def time(self, ms: int) -> datetime:
        """A time of the history, in the reader's time zone."""
        return datetime.fromtimestamp(ms / 1000).astimezone(self.zone)

    @property
    def began(self) -> datetime:
        """When the first step began."""
        return self.time(self.steps[0].began_ms)

    @property
    def ended(self) -> datetime:
        """When the last one ended."""
        return self.time(max(step.ended_ms for step in self.steps))

    def link(self, clock: int, item: str | None = None) -> str:
        """A link that opens the bench after a change, without token and pin."""
        return moment_link(self.server, self.session, clock, item)
