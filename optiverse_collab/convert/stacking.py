"""New places for moved siblings, so that the others keep theirs.

Places are numbers that rise from top to bottom: the `order` of records, or negated z values.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise

Key = tuple[float, str]


def restacked(ids: Sequence[str], known: Mapping[str, float], first: float = 0.0) -> dict[str, float]:
    """Places for siblings in this order, with as few changes as possible.

    Args:
        ids: the siblings from top to bottom.
        known: places so far; siblings at the same place are in the order of their ids.
        first: the place of the topmost one, if all get new ones.

    Returns:
        A place for each of `ids`.
    """
    keys: list[Key | None] = [(known[id], id) if id in known else None for id in ids]
    kept = _longest_run(keys)
    result: dict[str, float] = {}
    at = 0
    while at < len(ids):
        if at in kept:
            result[ids[at]] = known[ids[at]]
            at += 1
            continue
        end = next((i for i in range(at, len(ids)) if i in kept), len(ids))
        above = known[ids[at - 1]] if at else None
        below = known[ids[end]] if end < len(ids) else None
        between = _between(above, below, end - at, first)
        if between is None:
            return {id: first + i for i, id in enumerate(ids)}
        result.update(zip(ids[at:end], between, strict=True))
        at = end
    return result


def _between(above: float | None, below: float | None, count: int, first: float) -> list[float] | None:
    """Places for `count` siblings from top to bottom; None if there is no room for them."""
    if below is None:
        top = first if above is None else above + 1.0
        return [top + i for i in range(count)]
    if above is None:
        return [below - count + i for i in range(count)]
    step = (below - above) / (count + 1)
    values = [above + step * (i + 1) for i in range(count)]
    return values if all(a < b for a, b in pairwise([above, *values, below])) else None


def _longest_run(keys: Sequence[Key | None]) -> set[int]:
    """Indexes of a longest rising subsequence."""
    ends: list[Key] = []
    last: list[int] = []
    before: dict[int, int] = {}
    for i, key in enumerate(keys):
        if key is None:
            continue
        n = bisect_left(ends, key)
        before[i] = last[n - 1] if n else -1
        ends[n : n + 1] = [key]
        last[n : n + 1] = [i]
    run: set[int] = set()
    i = last[-1] if last else -1
    while i >= 0:
        run.add(i)
        i = before[i]
    return run
