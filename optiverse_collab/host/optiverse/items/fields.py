"""Which values the host's own data classes accept.

Optiverse checks nothing: a text where a number should be raises while Qt paints, which ends the program.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache
from typing import Any

from optiverse_collab.convert.shapes import is_number


def _is_whole(value: Any) -> bool:
    return is_number(value) and isinstance(value, int)


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "float": is_number,
    "int": _is_whole,
    "bool": lambda value: isinstance(value, bool),
    "str": lambda value: isinstance(value, str),
}


def accepts(data_class: type, name: str, value: Any) -> bool:
    """Whether a field of a data class can have this value, as far as its annotation tells."""
    kinds = _kinds_of(data_class).get(name)
    if kinds is None:
        return True
    if value is None:
        return "None" in kinds
    checks = [_CHECKS.get(kind) for kind in kinds if kind != "None"]
    return any(check is None or check(value) for check in checks)


@cache
def _kinds_of(data_class: type) -> dict[str, list[str]]:
    """Name of a field → the kinds of values that its annotation allows."""
    return {
        field.name: [kind.strip() for kind in str(field.type).split("|")]
        for field in dataclasses.fields(data_class)
    }


def default_of(data_class: type, name: str) -> Any:
    """The default of a field.

    Raises:
        LookupError: there is no field of this name, or it has no default.
    """
    for field in dataclasses.fields(data_class):
        if field.name == name and field.default is not dataclasses.MISSING:
            return field.default
    raise LookupError(name)
