"""Which edit broke a beam, for scripts: the search of `core.client.bisection`, to its end."""

from __future__ import annotations

from collections.abc import Iterator

from optiverse_collab.core.client.bisection import Finding, Hits, find_break
from optiverse_collab.core.records import Record
from optiverse_collab.core.text import printable
from optiverse_collab.errors import CollaborationError
from optiverse_collab.scripting.history import PastSpan

_NAMES = "name", "display_name"


def bisect(past: PastSpan, item: str, hits: Hits) -> Finding:
    """Find the step before which a beam hits an item, and after which it misses.

    Args:
        past: where to look, such as ``bench.past()``.
        item: the item's name or id.
        hits: traces a bench. If it raises, that bench is left out.

    Raises:
        CollaborationError: there is no such item, or there are several.
    """
    return find_break(past.start, past.steps, _id_of(item, past), hits)


def _id_of(item: str, past: PastSpan) -> str:
    """The id of an item that is on the bench, or was.

    Raises:
        CollaborationError: there is none, or there are several.
    """
    for records in (past.end.values(), _once_there(past)):
        found = dict.fromkeys(record.id for record in records if item in _names_of(record))
        if item in found or len(found) == 1:
            return item if item in found else next(iter(found))
        if found:
            *ids, last = map(printable, found)
            raise CollaborationError(
                f"{len(found)} items are called {printable(item)!r}: name one by its id, {', '.join(ids)} "
                f"or {last}."
            )
    raise CollaborationError(
        f"There is no item {printable(item)!r}, and there was none in that time; check its name, or look "
        "further back."
    )


def _once_there(past: PastSpan) -> Iterator[Record]:
    """Everything that was on the bench."""
    yield from past.start.values()
    for step in past.steps:
        yield from (record for _, *both in step.edits for record in both if record is not None)


def _names_of(record: Record) -> list[object]:
    return [record.id, *(record.props.get(name) for name in _NAMES)]
