"""The answer to a ``sync:request``: what a replica lacks, and its outcomes (SYNC-1 to SYNC-10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, takewhile
from typing import Any, NamedTuple, SupportsInt, TypeVar

from msgspec import structs

from optiverse_collab.core.protocol.messages import Delta, FullState, OtherHistory, SyncRequest
from optiverse_collab.core.protocol.origins import origin_of
from optiverse_collab.core.protocol.outcomes import Ack, AckResult, Notice, Part, SweepNotice
from optiverse_collab.core.protocol.page_records import By, PageRecord, PageRemove, PageSet
from optiverse_collab.core.protocol.pages import marked_pages
from optiverse_collab.core.records import Lane, Record
from optiverse_collab.core.server.changed import changed_since, joined
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Entry, Outcome, Touched
from optiverse_collab.core.server.lineage import is_lost, is_unsure, last_shared, parent_position
from optiverse_collab.core.server.names import NameKind
from optiverse_collab.core.server.stamps import RecordStamps, Stamp

NOTICES = 1000
"""An answer has at most this many notices of replaced values (SYNC-9)."""

NAMED = 500
"""If a record has more properties with several authors, none is named, so that the record fits."""

ENDS_PER_PAGE = 8
"""Lists after the records are split into parts, this many to the longest page."""

T = TypeVar("T")
Thing = PageRecord | PageSet | PageRemove


def answer_of(
    history: History, request: SyncRequest, size: SupportsInt | None = None
) -> Iterator[FullState | Delta] | OtherHistory:
    """The answer, as of now, to a replica that asks for news; see `catch_up`."""
    if request.epoch is None or request.clock == 0:
        return _Answer(history, request, size).full_state(holds_nothing=True)
    agrees = history.chain.agrees(history.clock - request.clock, request.head)
    is_other = agrees is False or (
        agrees is None and (is_lost(history, request) or is_unsure(history, request))
    )
    if is_other or request.clock > last_shared(history, request.epoch):
        parent = parent_position(history, request.epoch, request)
        return OtherHistory(history.epoch, history.clock, history.chain.head.hex(), parent)
    answer = _Answer(history, request, size)
    if agrees is None or request.clock < history.start:
        return answer.full_state(holds_nothing=False)
    return answer.delta()


def catch_up(
    history: History, request: SyncRequest, clock: int, accepted: int, size: SupportsInt | None = None
) -> Iterator[FullState | Delta]:
    """The news since a clock that a connected replica was not sent (SYNC-12).

    Args:
        request: its last ``sync:request``.
        clock: up to which it has everything.
        accepted: its last accepted client_clock.
        size: returns the size limit for the next page, in bytes; `Limits.page_bytes` if not given.
    """
    since = structs.replace(request, epoch=history.epoch, clock=clock)
    answer = _Answer(history, since, size, accepted)
    return answer.full_state(holds_nothing=False) if clock < history.start else answer.delta()


def lanes_of(request: SyncRequest) -> frozenset[Lane]:
    """The lanes that a replica knows (DOC-8)."""
    return frozenset(request.lanes or [Lane.BENCH])


class _Told(NamedTuple):
    """The outcomes that a replica needs.

    Attributes:
        answered: outcomes of its own changes, oldest first.
        notices: its values that others replaced; `more` is how many further ones there are.
        sweeps: who replaced the bench meanwhile.
    """

    answered: list[Outcome]
    notices: list[Notice]
    more: int
    sweeps: list[SweepNotice]


class _Answer:
    """Keeps the document of this moment; builds each page when it is sent, which may be later."""

    def __init__(
        self, history: History, request: SyncRequest, size: SupportsInt | None, accepted: int | None = None
    ) -> None:
        self._size = history.limits.page_bytes if size is None else size
        self._history, self._clock = history, request.clock
        self._lanes = lanes_of(request)
        self._authors: dict[str, int] = {}
        self._texts = history.names.texts(NameKind.AUTHOR)  # a page may be built after they are forgotten
        known = history.names.known
        own = known(NameKind.ORIGIN, origin_of(request.client_id))
        settled = {id: known(NameKind.ORIGIN, origin_of(id)) for id in request.settles}
        self._mine = {**{number: id for id, number in settled.items()}, own: ""}
        self._common: dict[str, Any] = {
            "epoch": history.epoch,
            "term": history.turns.term,
            "clock": history.clock,
            "head": history.chain.head.hex(),
            "client_clock": history.clients.last(own) if accepted is None else accepted,
            "known": accepted is not None or self._is_known(request),
            "unasked": accepted is not None,
            "continues": (request.epoch or "") if request.clock and request.epoch != history.epoch else "",
            "settled": {id: history.clients.last(number) for id, number in settled.items()},
        }
        after = request.clock if request.epoch and request.clock else -1
        heads = history.chain.heads(history.clock, after)
        self._last = {"turns": history.turns.kept, "heads": heads, "done": True}
        # A connected replica has got each refusal.
        numbers = self._mine if accepted is None else {}
        skipped = ((id, history.clients.skipped(number)) for number, id in numbers.items())
        self._skipped = {id: found for id, found in skipped if found}

    def _is_known(self, request: SyncRequest) -> bool:
        """Whether the server remembers everything that it accepted from a replica after its position
        (SYNC-10)."""
        if request.epoch is not None and last_shared(self._history, request.epoch) < 0:
            return False
        is_new = request.epoch is None and request.clock == 0 and not request.settles
        return is_new or self._history.clients.answers_for(self._mine, request.clock)

    def full_state(self, holds_nothing: bool) -> Iterator[FullState]:
        """Every record, with authors if the replica may have to compare."""
        records = [one for one in self._history.document.records.values() if one.lane in self._lanes]
        things: Iterable[PageRecord | None] = (self._record(one, None) for one in records)
        if not holds_nothing:
            stamps = self._history.stamps
            things = (pair and self._record(*pair) for pair in joined(records, [*stamps], [*stamps.values()]))
        parts = self._with_ends(things, self._told())
        return (FullState(**self._common, total=len(records), records=part, **end) for part, end in parts)

    def delta(self) -> Iterator[Delta]:
        """The changes since the replica's clock."""
        total, things = self._changed()
        return (
            Delta(
                **self._common,
                total=total,
                records=[thing for thing in part if isinstance(thing, PageRecord)],
                ops=[thing for thing in part if isinstance(thing, (PageSet, PageRemove))],
                **end,
            )
            for part, end in self._with_ends(things, self._told())
        )

    def _changed(self) -> tuple[int, Iterator[Thing | None]]:
        """Roughly how many things changed since, and the things: removals, and then the rest."""
        removed = [
            PageRemove(id, by=self._author(one.stamp))
            for id, one in self._history.tombstones.items()
            if one.stamp.clock > self._clock and one.lane in self._lanes
        ]
        total, pairs = changed_since(self._history, self._clock)
        things = (
            pair and self._thing(*pair) for pair in pairs if pair is None or pair[0].lane in self._lanes
        )
        return len(removed) + total, chain(removed, things)

    def _thing(self, record: Record, stamps: RecordStamps) -> Thing:
        return self._record(record, stamps) if stamps.whole.clock > self._clock else self._set(record, stamps)

    def _record(self, record: Record, stamps: RecordStamps | None) -> PageRecord:
        by: By = None
        if stamps is not None:
            newer = {name: one for name in record.props if (one := stamps.of(name)).clock > self._clock}
            by = self._by(newer) if newer else self._author(stamps.whole)
        return PageRecord(record.id, record.kind, record.props, record.lane, by)

    def _set(self, record: Record, stamps: RecordStamps) -> PageSet:
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
        return self._texts[number]

    def _with_ends(self, things: Iterable[T | None], told: _Told) -> Iterator[tuple[list[T], dict[str, Any]]]:
        """The pages of records, and the other contents of each page."""
        for part, is_last in marked_pages(things, self._size):
            ends = self._ends(told) if is_last else iter(({},))
            yield part, next(ends)
            for end in ends:
                yield [], end

    def _ends(self, told: _Told) -> Iterator[dict[str, Any]]:
        """The lists in the last page or, if they are long, in more pages after the records (SYNC-16)."""
        lists = (
            (("authors", author) for author in self._authors),
            (("acks", self._ack(outcome)) for outcome in told.answered),
            (("notices", notice) for notice in told.notices),
            (("skipped", item) for item in self._skipped.items()),
        )
        is_first = True
        for part, is_last in marked_pages(chain(*lists), self._history.limits.page_bytes // ENDS_PER_PAGE):
            if is_first and not is_last:
                yield {}  # the records get a page without them
            is_first = False
            yield {
                **_gathered(part),
                **({"more": told.more, "sweeps": told.sweeps, **self._last} if is_last else {}),
            }

    def _told(self) -> _Told:
        """The outcomes that the replica needs now (SYNC-6, SYNC-9)."""
        answered: list[Outcome] = []
        notices: list[Notice] = []
        more = 0
        since = takewhile(lambda outcome: outcome.clock > self._clock, reversed(self._history.outcomes.kept))
        for outcome in since:
            if outcome.origin in self._mine:
                if self._has_answered(outcome):
                    answered.append(outcome)
                continue
            for part in reversed(outcome.replaced):
                if part.origin <= 0 or part.origin not in self._mine:
                    continue
                if len(notices) < NOTICES:
                    notices.append(Notice(outcome.clock, part.id, part.names, self._texts[outcome.author]))
                else:
                    more += 1
        if self._history.outcomes.since > self._clock and any(number > 0 for number in self._mine):
            more += 1  # perhaps, or more: older outcomes are forgotten
        return _Told(answered[::-1], notices[::-1], more, self._sweeps())

    def _has_answered(self, outcome: Outcome) -> bool:
        """Whether these pages say that the change was accepted; if not, the replica sends it again."""
        id = self._mine[outcome.origin]
        accepted = self._common["settled"][id] if id else self._common["client_clock"]
        return outcome.client_clock <= accepted and self._history.clients.stands_for(outcome)

    def _sweeps(self) -> list[SweepNotice]:
        """Who replaced the bench meanwhile (SYNC-14)."""
        found = self._history.sweeps.since(self._clock) if self._clock else []
        return [SweepNotice(one.step, one.first, self._name(one.author)) for one in found]

    def _ack(self, outcome: Outcome) -> Ack:
        return Ack(
            outcome.client_clock,
            AckResult.REBASE if outcome.lost or outcome.held else AckResult.COMMIT,
            outcome.clock,
            lost=parts_of(self._texts, outcome.lost),
            held=parts_of(self._texts, outcome.held),
            replaced=parts_of(self._texts, outcome.replaced),
            client_id=self._mine[outcome.origin],
        )


def ack_of(entry: Entry, authors: Mapping[int, str]) -> Ack:
    """The acknowledgement of an accepted change (PUSH-4).

    Args:
        authors: their names, by number.
    """
    if not (entry.lost or entry.held or entry.replaced):
        return Ack(entry.client_clock, AckResult.COMMIT, entry.clock)
    result = AckResult.COMMIT
    if entry.lost or entry.held:
        result = AckResult.DISCARD if bytes(entry.ops) == b"[]" else AckResult.REBASE
    lost, held, replaced = (parts_of(authors, parts) for parts in (entry.lost, entry.held, entry.replaced))
    return Ack(entry.client_clock, result, entry.clock, lost, held, replaced)


def _gathered(items: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Items of several lists, and of one mapping, in the form of the page."""
    found: dict[str, Any] = {}
    for key, item in items:
        if key == "skipped":
            found.setdefault(key, {}).update([item])
        else:
            found.setdefault(key, []).append(item)
    return found


def parts_of(authors: Mapping[int, str], touched: Iterable[Touched]) -> list[Part]:
    """Parts in the form of the wire, with the names of authors."""
    return [Part(one.id, one.names, authors[one.author], one.clock) for one in touched]
