"""Squashes many operations into few with the same effect, so that a drag is one (PUSH-2)."""

from __future__ import annotations

from collections.abc import Iterable

from optiverse_collab.core.records import Op, Put, Remove, Set


def squash(ops: Iterable[Op], onto: dict[str, list[Op]] | None = None) -> dict[str, list[Op]]:
    """The fewest operations with the same effect as `onto` followed by `ops`: one per record, rarely two.

    Records are independent, so only the order within one record counts.
    """
    squashed = {id: list(earlier) for id, earlier in (onto or {}).items()}
    for op in ops:
        earlier = squashed.setdefault(op.id, [])
        if isinstance(op, Remove):
            earlier[:] = [op]
        elif earlier:
            earlier[-1:] = _combined(earlier[-1], op)
        else:
            earlier.append(op)
    return squashed


def _combined(earlier: Op, later: Put | Set) -> list[Op]:
    """The same as one after the other."""
    if isinstance(earlier, Remove):
        return [earlier, later] if isinstance(later, Put) else [earlier]  # DOC-5: a set has no effect here
    props = {**earlier.props, **later.props}
    if isinstance(later, Put):
        if isinstance(earlier, Set):
            return [earlier, later]  # the record's kind is not known here
        if earlier.kind != later.kind:
            return [Remove(later.id), later]
        return [Put(earlier.id, earlier.kind, props, earlier.lane)]
    for name in later.unset:
        props.pop(name, None)
    if isinstance(earlier, Put):
        created = Put(earlier.id, earlier.kind, props, earlier.lane)
        # At the server the record may be there, with properties that the user didn't see.
        return [created, Set(later.id, {}, later.unset)] if later.unset else [created]
    unset = [name for name in earlier.unset if name not in later.props]
    unset += [name for name in later.unset if name not in unset]
    return [Set(earlier.id, props, unset)]
