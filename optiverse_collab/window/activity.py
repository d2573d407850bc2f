"""Gathers others' edits, for one line of the log per gesture; bounded, however much they do. Pure."""

from __future__ import annotations

from collections.abc import Collection

from optiverse_collab.core.client.effects import SessionEffect, ShowChange
from optiverse_collab.core.client.past_effects import BenchReplaced
from optiverse_collab.core.records import Record, apply
from optiverse_collab.wording import activity as wording
from optiverse_collab.wording.presence import marked

QUIET_MS = 1000
"""How long a pause ends a gesture."""

LONGEST_MS = 10_000
"""How often a lasting gesture is logged."""

LINE_MS = 1000
"""How long each line delays the next ones: ten in ten seconds, except for those of the first moment."""


class Activity:
    """Others' edits that the log doesn't have yet."""

    def __init__(self) -> None:
        self._before: dict[tuple[str, str], Record | None] = {}
        self._after: dict[tuple[str, str], Record | None] = {}
        self._replaced: set[tuple[str, str]] = set()
        self._begun_ms = self._quiet_ms = self._not_before_ms = 0.0

    def hear(self, effect: SessionEffect, now_ms: float, scripts: Collection[str] = ()) -> None:
        """Take an effect of `SessionClient`.

        Args:
            scripts: the names of scripts.
        """
        if isinstance(effect, BenchReplaced) and not effect.mine:  # which is announced as one
            records = (*effect.removed, *effect.added, *effect.changed)
            self._replaced = {(effect.by, record.id) for record in records}
        elif isinstance(effect, ShowChange):
            self._collect(effect, now_ms, scripts)
            self._replaced.clear()

    def wait_ms(self, now_ms: float) -> float | None:
        """How long until `take_due` has something; None if nothing waits."""
        return max(0.0, self._due_ms - now_ms) if self._before else None

    def take_due(self, now_ms: float) -> list[str]:
        """Finished gestures, in sentences."""
        if not self._before or now_ms < self._due_ms:
            return []
        lines = self.take_all()
        self._not_before_ms = now_ms + min(LONGEST_MS, LINE_MS * len(lines))
        return lines

    def take_all(self) -> list[str]:
        """All gestures: the session ends."""
        edited = [(by, before, self._after[by, id]) for (by, id), before in self._before.items()]
        self._before.clear()
        self._after.clear()
        return wording.sentences(edited)

    @property
    def _due_ms(self) -> float:
        over_ms = min(self._quiet_ms + QUIET_MS, self._begun_ms + LONGEST_MS)
        return max(over_ms, self._not_before_ms)

    def _collect(self, change: ShowChange, now_ms: float, scripts: Collection[str]) -> None:
        if not self._before:
            self._begun_ms = now_ms
        for op in change.ops:
            by = change.authors.get(op.id, "")
            if (by, op.id) in self._replaced:
                continue
            key = (marked(by, by in scripts), op.id)
            before = change.before.get(op.id)
            records = {} if before is None else {op.id: before}
            apply(records, op)
            self._before.setdefault(key, before)
            self._after[key] = records.get(op.id)
        self._quiet_ms = now_ms
