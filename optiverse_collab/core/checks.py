"""Checks of values, ids and changes (LIM-1 to LIM-6 in docs/protocol.md).

Both ends use them: the client before an edit shows, the server before a push applies.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

from optiverse_collab.core.limits import OPS_PER_CHANGE, OPS_PER_RECORD, SETTLES, Limits
from optiverse_collab.core.records import Op, Put, Remove
from optiverse_collab.errors import ChangeRefused, Reason

_INT_MIN, _INT_MAX = -(2**63), 2**64 - 1  # the range of a JSON integer in msgspec and of Qt's qint64


def check_change(ops: Sequence[Op], limits: Limits) -> None:
    """Check every id, name and value of a change.

    Raises:
        ChangeRefused: with the reason and a sentence that names the record.
    """
    for op in ops:
        check_id(op.id, limits)
        if isinstance(op, Remove):
            continue
        if isinstance(op, Put):
            check_id(op.kind, limits)
        else:
            for name in op.unset:
                check_id(name, limits)
        for name, value in op.props.items():
            check_id(name, limits)
            if not _is_in_order(value, limits.depth):
                _check_in_detail(value, limits.depth, f"property {name!r} of {op.id!r}")


def are_few(counts: Sequence[int]) -> bool:
    """Whether a change with these numbers of operations per record is within the limits (LIM-11)."""
    return sum(counts) <= OPS_PER_CHANGE and max(counts, default=0) <= OPS_PER_RECORD


def check_count(ops: Sequence[Op]) -> None:
    """Check the number of operations, in all and on each record: each one copies the record (LIM-11).

    Raises:
        ChangeRefused: there are too many.
    """
    if len(ops) <= OPS_PER_RECORD:
        return
    if len(ops) > OPS_PER_CHANGE:
        raise ChangeRefused(
            Reason.TOO_LARGE,
            f"The change has {len(ops)} operations, and the limit is {OPS_PER_CHANGE}; split it.",
        )
    for id, count in Counter(op.id for op in ops).items():
        if count > OPS_PER_RECORD:
            raise ChangeRefused(
                Reason.TOO_LARGE,
                f"The change has {count} operations on {id!r}, and the limit is {OPS_PER_RECORD}; split it.",
            )


def _is_in_order(value: Any, depth: int) -> bool:
    """Whether JSON can carry a value: checked level by level, with few steps of Python for many values.

    False if it can't, and for rare values; then it has to be checked in detail.
    """
    if type(value) is float:
        return math.isfinite(value)
    if type(value) is str and value.isascii():
        return True
    if type(value) is list and len(value) <= _SHORT and depth > 0 and all(map(_is_finite, value)):
        return True  # most are positions: [x, y]
    level: list[Any] = [value]
    while level:
        kinds = set(map(type, level))
        if not kinds <= _KINDS:
            return False
        groups: dict[type, list[Any]] = {
            kind: [one for one in level if type(one) is kind] for kind in kinds - _CONSTANTS
        }
        lists, dicts = groups.pop(list, []), groups.pop(dict, [])
        if (lists or dicts) and not depth:
            return False
        groups.setdefault(str, []).extend(chain.from_iterable(dicts))
        if not all(_CHECKS[kind](group) for kind, group in groups.items()):
            return False
        level = [*chain.from_iterable(lists), *chain.from_iterable(one.values() for one in dicts)]
        depth -= 1
    return True


def _is_finite(value: Any) -> bool:
    return type(value) is float and math.isfinite(value)


def _are_finite(numbers: list[Any]) -> bool:
    return all(map(math.isfinite, numbers))


def _are_64_bit(numbers: list[Any]) -> bool:
    return bool(min(numbers) >= _INT_MIN and max(numbers) <= _INT_MAX)


def _are_text(texts: list[Any]) -> bool:
    try:
        "".join(texts).encode()
    except (TypeError, UnicodeEncodeError):
        return False
    return True


_CHECKS: dict[type, Callable[[list[Any]], bool]] = {float: _are_finite, int: _are_64_bit, str: _are_text}
_CONSTANTS: set[type] = {bool, type(None)}
_KINDS: set[type] = {*_CHECKS, *_CONSTANTS, list, dict}

_SHORT = 8


def check_id(text: str, limits: Limits) -> None:
    """Check a record id, a kind or a property name.

    Raises:
        ChangeRefused: it is empty, too long, or not text that UTF-8 can encode.
    """
    if not isinstance(text, str):
        raise ChangeRefused(Reason.INVALID_MESSAGE, f"An id or name must be text, not {text!r}.")
    if 0 < len(text) <= limits.id_chars and text.isascii():
        return
    if not text:
        raise ChangeRefused(Reason.ID_EMPTY, "An id or name is empty; give it at least one character.")
    if len(text) > limits.id_chars:
        raise ChangeRefused(
            Reason.ID_TOO_LONG,
            f"The id or name {text[:20]!r}… has {len(text)} characters; the limit is {limits.id_chars}.",
        )
    _check_text(text, "an id or name")


def check_client_ids(ids: Sequence[str], limits: Limits) -> None:
    """Check the client id of a replica and those that it settles (LIM-3, LIM-11).

    Raises:
        ChangeRefused: one is not a valid id, or there are too many.
    """
    if len(ids) > 1 + SETTLES:
        raise ChangeRefused(
            Reason.INVALID_MESSAGE,
            f"The request settles {len(ids) - 1} ids, and the limit is {SETTLES}; name the last ones.",
        )
    for id in ids:
        check_id(id, limits)


def check_value(value: Any, depth: int, where: str) -> None:
    """Check that `value` is JSON, finite, and nests at most `depth` deep.

    Raises:
        ChangeRefused: with a sentence that says where the value is.
    """
    if not _is_in_order(value, depth):
        _check_in_detail(value, depth, where)


def _check_in_detail(value: Any, depth: int, where: str) -> None:
    if value is None or value is True or value is False:
        return
    if isinstance(value, str):
        _check_text(value, where)
    elif isinstance(value, (float, int)):
        _check_number(value, where)
    elif isinstance(value, (dict, list, tuple)):
        if depth == 0:
            raise ChangeRefused(Reason.TOO_DEEP, f"The {where} nests too deep; flatten it.")
        if isinstance(value, dict):
            for key in value:
                if not isinstance(key, str):
                    raise ChangeRefused(
                        Reason.INVALID_MESSAGE, f"The {where} has a key that isn't text: {key!r}."
                    )
                _check_text(key, where)
        for part in value.values() if isinstance(value, dict) else value:
            _check_in_detail(part, depth - 1, where)
    else:
        raise ChangeRefused(
            Reason.INVALID_MESSAGE,
            f"The {where} is of type {type(value).__name__}; only JSON values can be shared.",
        )


def _check_number(number: int | float, where: str) -> None:
    if isinstance(number, float):
        if not math.isfinite(number):
            raise ChangeRefused(
                Reason.NOT_FINITE, f"The {where} is {number}; only finite numbers can be shared."
            )
    elif not _INT_MIN <= number <= _INT_MAX:
        raise ChangeRefused(
            Reason.NOT_FINITE, f"The {where} has an integer of more than 64 bits; write it as text."
        )


def _check_text(text: str, where: str) -> None:
    try:
        text.isascii() or text.encode()
    except UnicodeEncodeError:
        raise ChangeRefused(
            Reason.BAD_TEXT, f"Text in {where} holds half of a character (a lone surrogate)."
        ) from None
