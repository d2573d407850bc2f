"""A session's history in words: its steps, and what differs between two moments. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from optiverse_collab.core.client.past_steps import PastStep
from optiverse_collab.core.records import Record
from optiverse_collab.wording import values
from optiverse_collab.wording.activity import deeds, predicate, sentences
from optiverse_collab.wording.edits import title


def step_lines(step: PastStep) -> list[str]:
    """``2026-05-03 09:05:30  812  Ana moved "M3" by 3.2 mm``; more lines for more that was done.

    The clock is that after the step, the time is local.
    """
    time = datetime.fromtimestamp(step.began_ms / 1000).astimezone()
    told = sentences((step.author, before, after) for _, before, after in step.edits)
    return [f"{time:%Y-%m-%d %H:%M:%S}  {step.last}  {sentence}" for sentence in told]


def differences(before: Mapping[str, Record], after: Mapping[str, Record]) -> list[str]:
    """``Moved "M3" by 3.2 mm``: what became of one bench to make the other, each deed once."""
    ids = dict.fromkeys([*before, *after])
    found = deeds(("", before.get(id), after.get(id)) for id in ids)
    return [_begun(predicate(parts, names)) for (_, parts), names in found.items()]


def item_lines(records: Iterable[Record]) -> list[str]:
    """``"M3" at (10.0, 20.0) mm, 45.0°``: a line for each record, with where it is as far as it says."""
    return [" ".join([title(record.id, record), *_place(record.props)]) for record in records]


def _place(props: Mapping[str, object]) -> list[str]:
    parts = [values.value(name, props[name]) for name in ("pos", "angle_deg") if name in props]
    return ["at", ", ".join(parts)] if "pos" in props else parts


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]
