"""Read-only values for scripts: ordinary lists and dicts, except that they can't be changed in place."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, NoReturn, TypeVar

from optiverse_collab.core.client.effects import SessionEffect
from optiverse_collab.core.records import Put, Record, Set

E = TypeVar("E", bound=SessionEffect)


def _refuse(self: object, *values: object, **named: object) -> NoReturn:
    raise TypeError(
        "A value of the bench can't be changed in place, because nobody would see that; assign a new one."
    )


class ReadOnlyList(list[Any]):
    """A list of a record; a copy of it is an ordinary list."""

    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = clear = extend = insert = pop = remove = reverse = sort = _refuse

    def __reduce__(self) -> tuple[type[list[Any]], tuple[list[Any]]]:
        return list, (list(self),)


class ReadOnlyDict(dict[str, Any]):
    """A dict of a record; a copy of it is an ordinary dict."""

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[dict[str, Any]], tuple[dict[str, Any]]]:
        return dict, (dict(self),)


def read_only(value: Any) -> Any:
    """A read-only copy of a value, a record or an operation."""
    if isinstance(value, dict):
        return ReadOnlyDict({key: read_only(part) for key, part in value.items()})
    if isinstance(value, list):
        return ReadOnlyList(map(read_only, value))
    if isinstance(value, tuple):
        return tuple(map(read_only, value))
    if isinstance(value, Record):
        return Record(value.id, value.kind, read_only(value.props), value.lane)
    if isinstance(value, Put):
        return Put(value.id, value.kind, read_only(value.props), value.lane)
    if isinstance(value, Set):
        return Set(value.id, read_only(value.props), read_only(value.unset))
    return value


def read_only_effect(effect: E) -> E:
    """An effect with read-only values."""
    return replace(effect, **{field.name: read_only(getattr(effect, field.name)) for field in fields(effect)})
