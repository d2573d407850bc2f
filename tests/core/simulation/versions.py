"""Which versions the server must make and remove: a plain reading of HIST-13 and HIST-14.

It shares no code with the core. The limits are smaller, so that short histories reach them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from optiverse_collab.core.records import Lane, Record

if TYPE_CHECKING:
    from tests.core.simulation.truth import Accepted, Truth

SCALED: dict[str, Any] = {"MANY": 2, "DAY_MS": 8_000}
"""For ``core.server.occasions``."""

SCALED_KEPT: dict[str, Any] = {"DAY_MS": 8_000, "MONTH_MS": 40_000, "MOST_OF_A_DAY": 4, "MOST_OF_SERVER": 7}
"""For ``core.server.versions``."""

DAY_MS, MONTH_MS, WINDOW_S = 8_000, 40_000, 10

Kept = dict[str, Record]
"""The records of the versions."""


class Due(NamedTuple):
    """A version that the server must make now.

    Attributes:
        clock: of the bench that it keeps.
        why: the reason.
    """

    clock: int
    why: str


def due(truth: Truth) -> Due | None:
    """The version that must follow the last change; None if none must."""
    last = truth.log[-1]
    found = None if last is None else _reason(truth, last)
    taken = {one.props["clock"] for one in truth.versions[-1].values()}
    return None if found is None or found.clock in taken else found


def _reason(truth: Truth, last: Accepted) -> Due | None:
    if not truth.docs[last.clock - 1]:
        return None
    if _is_sweep(last):
        others = (one for one in truth.log[:-1] if one is not None)
        is_first = not any((one.change.step, one.author) == (last.change.step, last.author) for one in others)
        if is_first:
            return Due(_bench_before(truth, last), "sweep")
    else:
        removed_from = _removed_from(truth, last)
        if removed_from is not None:
            return Due(removed_from, "removal")
    edits = [one for one in truth.log if one is not None and one.verdict.happened]
    if last not in edits:
        return None
    before_ms = truth.times[edits[-2].clock] if len(edits) > 1 else 0
    is_new_day = truth.times[last.clock] // DAY_MS > before_ms // DAY_MS
    return Due(_bench_before(truth, last), "day") if is_new_day else None


def _removed_from(truth: Truth, last: Accepted) -> int | None:
    """The clock before a burst of removals that is large enough since the last change."""
    window: list[tuple[int, int, int]] = []  # second, clock before, how many were removed
    is_kept, found = False, None
    for one in truth.log:
        if one is None or one.client_id != last.client_id or _is_sweep(one):
            continue
        before, after = truth.docs[one.clock - 1], truth.docs[one.clock]
        removed = sum(id in before and id not in after for id in _removals(one))
        if not removed:
            continue
        second = truth.times[one.clock] // 1000
        window = [entry for entry in window if entry[0] >= second - WINDOW_S]
        is_kept = is_kept and bool(window)
        window.append((second, _bench_before(truth, one), removed))
        total, start = sum(entry[2] for entry in window), window[0][1]
        is_many = total >= SCALED["MANY"] and 10 * total > len(truth.docs[start])
        found = start if one is last and is_many and not is_kept else None
        is_kept = is_kept or is_many
    return found


def _bench_before(truth: Truth, one: Accepted) -> int:
    """The clock of the last change of the bench before this one."""
    earlier = (other for other in reversed(truth.log[: one.clock - 1]) if other is not None)
    return next((other.clock for other in earlier if other.verdict.happened), truth.start)


def _removals(one: Accepted) -> set[str]:
    return {op["id"] for op in one.verdict.happened if op["op"] == "remove"}


def _is_sweep(one: Accepted) -> bool:
    return one.change.step.startswith(("sweep:", "restore:"))


def after(kept: Kept, made: Due, by: str, now_ms: int) -> Kept:
    """The versions after the server made one, without those that it no longer needs."""
    props: dict[str, Any] = {"clock": made.clock, "why": made.why, "by": by, "time_ms": now_ms}
    id = f"version:{made.clock}"
    left = {one.id: one for one in _worth_keeping(list(kept.values()), now_ms)}
    return {**left, id: Record(id, "version", props, Lane.META)}


def _worth_keeping(kept: list[Record], now_ms: int) -> list[Record]:
    ordered = sorted(kept, key=lambda one: (one.props["time_ms"], one.props["clock"]))
    recent = [one for one in ordered if now_ms - one.props["time_ms"] < DAY_MS]
    worth = recent[-(SCALED_KEPT["MOST_OF_A_DAY"] - 1) :]
    for one in ordered:
        time_ms: int = one.props["time_ms"]
        is_young = now_ms - time_ms < MONTH_MS
        earlier = [two.props["time_ms"] for two in ordered[: ordered.index(one)]]
        young = [at for at in earlier if now_ms - at < MONTH_MS]
        first_of_day = is_young and time_ms // DAY_MS not in [at // DAY_MS for at in young]
        first_of_month = time_ms // MONTH_MS not in [at // MONTH_MS for at in earlier]
        if (first_of_day or first_of_month) and one not in worth:
            worth.append(one)
    worth.sort(key=ordered.index)
    return worth[-(SCALED_KEPT["MOST_OF_SERVER"] - 1) :]
