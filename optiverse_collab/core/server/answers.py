"""The answer to a ``sync:request``: what a replica lacks, and what it has to be told (SYNC-1 to SYNC-10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, takewhile
from typing import Any, SupportsInt, TypeVar

from msgspec import structs

from optiverse_collab.core.protocol.messages import Delta, FullState, OtherHistory, SyncRequest
from optiverse_collab.core.protocol.origins import origin_of
from optiverse_collab.core.protocol.outcomes import Ack, AckResult, Notice, Part, SweepNotice
from optiverse_collab.core.protocol.page_records import By, PageRecord, PageRemove, PageSet
from optiverse_collab.core.protocol.pages import marked_pages
from optiverse_collab.core.records import Lane, Record
from optiverse_collab.core.server.history import TERM, History
from optiverse_collab.core.server.journal import Outcome, Touched
from optiverse_collab.core.server.names import NameKind
from optiverse_collab.core.server.stamps import Stamp

NOTICES = 1000
"""An answer has at most this many notices of replaced values (SYNC-9)."""

NAMED = 500
"""If more properties of a record have several authors, none is named, so that the record fits."""

ENDS_PER_PAGE = 8
"""What stands behind the records is cut into such parts of the longest page."""

T = TypeVar("T")
Thing = PageRecord | PageSet | PageRemove


def answer_of(
    history: History, request: SyncRequest, size: SupportsInt | None = None
) -> Iterator[FullState | Delta] | OtherHistory:
    """What a replica gets that asks for what is new, as of now; see `catch_up`."""
    if request.epoch is None or request.clock == 0:
        return _Answer(history, request, size).full_state(holds_nothing=True)
    agrees = history.chain.agrees(history.clock - request.clock, request.head)
    if request.epoch != history.epoch or request.clock > history.clock or agrees is False:
        return OtherHistory(history.epoch, history.clock, history.chain.head.hex())
    answer = _Answer(history, request, size)
    if agrees is None or request.clock < history.start:
        return answer.full_state(holds_nothing=False)
    return answer.delta()


def catch_up(
    history: History, request: SyncRequest, clock: int, size: SupportsInt | None = None
) -> Iterator[FullState | Delta]:
    """What a replica that is connected has not been sent since a clock (SYNC-12).

    Args:
        request: with which it synchronised.
        clock: what it has by now.
        size: how long a page may be, in bytes, each time that one is made; `Limits.page_bytes` if not given.
    """
    since = structs.replace(request, epoch=history.epoch, clock=clock)
    answer = _Answer(history, since, size, unasked=True)
    return answer.full_state(holds_nothing=False) if clock < history.start else answer.delta()


def lanes_of(request: SyncRequest) -> frozenset[Lane]:
    """The lanes that a replica knows (DOC-8)."""
    return frozenset(request.lanes or [Lane.BENCH])


class _Answer:
    """Holds on to the document of this moment; its pages are made when they are sent, which may be later."""

    def __init__(
        self, history: History, request: SyncRequest, size: SupportsInt | None, unasked: bool = False
    ) -> None:
        self._size = history.limits.page_bytes if size is None else size
        self._history, self._clock = history, request.clock
        self._lanes = lanes_of(request)
        self._authors: dict[str, int] = {}
        known = history.names.known
        own = known(NameKind.ORIGIN, origin_of(request.client_id))
        settled = {id: known(NameKind.ORIGIN, origin_of(id)) for id in request.settles}
        self._mine = {**{number: id for id, number in settled.items()}, own: ""}
        self._common: dict[str, Any] = {
            "epoch": history.epoch,
            "term": TERM,
            "clock": history.clock,
            "head": history.chain.head.hex(),
            "client_clock": history.last_client_clock(own),
            "known": request.epoch is None or any(number > 0 for number in self._mine),
            "unasked": unasked,
            "settled": {id: history.last_client_clock(number) for id, number in settled.items()},
        }
        self._skipped = {id: found for number, id in self._mine.items() if (found := history.skipped(number))}

    def full_state(self, holds_nothing: bool) -> Iterator[FullState]:
        """Every record, with authors where the replica may have to compare."""
        since = None if holds_nothing else self._clock
        records = [one for one in self._history.document.records.values() if one.lane in self._lanes]
        things: Iterable[PageRecord] = (self._record(one, since) for one in records)
        if since is not None:
            things = [*things]  # stamps may change before the page is made; records don't
        parts = _with_ends(things, self._size, self._ends())
        return (FullState(**self._common, total=len(records), records=part, **end) for part, end in parts)

    def delta(self) -> Iterator[Delta]:
        """What changed since the replica's clock."""
        things = self._changed()
        parts = _with_ends(things, self._size, self._ends())
        return (
            Delta(
                **self._common,
                total=len(things),
                records=[thing for thing in part if isinstance(thing, PageRecord)],
                ops=[thing for thing in part if not isinstance(thing, PageRecord)],
                **end,
            )
            for part, end in parts
        )

    def _changed(self) -> list[Thing]:
        """Removals, then new records in the document's order (REP-10), then what changed of others."""
        history = self._history
        removed = [
            PageRemove(id, by=self._author(one.stamp))
            for id, one in history.tombstones.items()
            if one.stamp.clock > self._clock and one.lane in self._lanes
        ]
        stamps, all_records = history.stamps, history.document.records
        changed = takewhile(lambda id: stamps[id].newest.clock > self._clock, reversed(stamps))
        records = [record for id in changed if (record := all_records[id]).lane in self._lanes]
        new = {one.id for one in records if stamps[one.id].whole.clock > self._clock}
        newest_first = islice((id for id in reversed(all_records) if id in new), len(new))
        whole = [self._record(all_records[id], self._clock) for id in reversed([*newest_first])]
        return [*removed, *whole, *(self._set(one) for one in reversed(records) if one.id not in new)]

    def _record(self, record: Record, since: int | None) -> PageRecord:
        by: By = None
        if since is not None:
            stamps = self._history.stamps[record.id]
            newer = {name: stamps.of(name) for name in record.props if stamps.of(name).clock > since}
            by = self._by(newer) if newer else self._author(stamps.whole)
        return PageRecord(record.id, record.kind, record.props, record.lane, by)

    def _set(self, record: Record) -> PageSet:
        stamps = self._history.stamps[record.id]
        newer = {name: stamps.of(name) for name in stamps.newer(self._clock)}
        props = {name: record.props[name] for name in newer if name in record.props}
        return PageSet(record.id, props, [name for name in newer if name not in props], self._by(newer))

    def _by(self, stamps: dict[str, Stamp]) -> By:
        found = {name: self._author(stamp) for name, stamp in stamps.items()}
        if len(set(found.values())) == 1:
            return next(iter(found.values()))
        return found if len(found) <= NAMED else None

    def _author(self, stamp: Stamp) -> int:
        return self._authors.setdefault(self._name(stamp.author), len(self._authors))

    def _name(self, number: int) -> str:
        return self._history.names.text(NameKind.AUTHOR, number)

    def _ends(self) -> list[dict[str, Any]]:
        """What stands in the last page, and if that is long, in others behind the records (SYNC-16)."""
        acks, notices, more = self._told()
        end_bytes = self._history.limits.page_bytes // ENDS_PER_PAGE
        lists: dict[str, Iterable[Any]] = {"authors": self._authors, "acks": acks, "notices": notices}
        lists["skipped"] = self._skipped.items()
        items = [(key, item) for key, items in lists.items() for item in items]
        ends = [_gathered(part) for part, _ in marked_pages(items, end_bytes)]
        if len(ends) > 1:
            ends.insert(0, {})  # the records have a page without them
        ends[-1].update(more=more, sweeps=self._sweeps(), done=True)
        return ends

    def _told(self) -> tuple[list[Ack], list[Notice], int]:
        """What the replica has to be told, and how many notices there are besides (SYNC-6, SYNC-9)."""
        acks: list[Ack] = []
        notices: list[Notice] = []
        more = 0
        since = takewhile(lambda outcome: outcome.clock > self._clock, reversed(self._history.outcomes))
        for outcome in since:
            if outcome.origin in self._mine:
                acks.append(self._ack(outcome))
                continue
            for part in reversed(outcome.replaced):
                if part.origin not in self._mine or part.origin <= 0:
                    continue
                if len(notices) < NOTICES:
                    notices.append(Notice(outcome.clock, part.id, part.names, self._name(outcome.author)))
                else:
                    more += 1
        if self._history.outcomes_from > self._clock and any(number > 0 for number in self._mine):
            more += 1  # perhaps, or more; nobody knows any more
        acks.reverse()
        notices.reverse()
        return acks, notices, more

    def _sweeps(self) -> list[SweepNotice]:
        """Who replaced the bench meanwhile (SYNC-14)."""
        found = self._history.sweeps.since(self._clock) if self._clock else []
        return [SweepNotice(one.step, one.first, self._name(one.author)) for one in found]

    def _ack(self, outcome: Outcome) -> Ack:
        return Ack(
            outcome.client_clock,
            AckResult.REBASE if outcome.lost or outcome.held else AckResult.COMMIT,
            outcome.clock,
            lost=parts_of(self._history, outcome.lost),
            held=parts_of(self._history, outcome.held),
            replaced=parts_of(self._history, outcome.replaced),
            client_id=self._mine[outcome.origin],
        )


def _with_ends(
    things: Iterable[T], size: SupportsInt, ends: Sequence[dict[str, Any]]
) -> Iterator[tuple[list[T], dict[str, Any]]]:
    for part, is_last in marked_pages(things, size):
        yield part, (ends[0] if is_last else {})
    for end in ends[1:]:
        yield [], end


def _gathered(items: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Items of several lists, and of one mapping, as the page has them."""
    found: dict[str, Any] = {}
    for key, item in items:
        if key == "skipped":
            found.setdefault(key, {}).update([item])
        else:
            found.setdefault(key, []).append(item)
    return found


def parts_of(history: History, touched: Iterable[Touched]) -> list[Part]:
    """Parts as the wire has them."""
    text = history.names.text
    return [Part(one.id, one.names, text(NameKind.AUTHOR, one.author), one.clock) for one in touched]
