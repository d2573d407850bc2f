"""Reads the Protocols of this folder as a contract with the host, which is checked while it runs.

The Protocols say once what we use of the host. mypy holds our code to them, this module the host. Optiverse
need not be installed where this project is developed or tested, so nothing of it is imported by name.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from functools import cache
from types import FunctionType
from typing import Annotated, Any, Protocol, TypeGuard, TypeVar, get_args, get_origin, get_type_hints

from optiverse_collab.errors import HostUnsupported
from optiverse_collab.host.optiverse.upstream.version import installed_version

HOST_FAULTS = (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)
"""The host's exceptions for unexpected values."""

_T = TypeVar("_T")
_METHODS = (FunctionType, property, staticmethod, classmethod)


def as_qt(thing: object, qt_class: type[_T]) -> _T:
    """An object of the host's, typed as what it also is: a Protocol can't say that it is one of Qt's."""
    return thing  # type: ignore[return-value]


@cache
def attributes_of(protocol: type) -> dict[str, Any]:
    """Name → type of the attributes that a Protocol declares; a class can't be asked for them."""
    return get_type_hints(protocol)


@cache
def methods_of(protocol: type) -> frozenset[str]:
    """The names of the methods and properties that a Protocol declares."""
    return frozenset(
        name
        for base in protocol.__mro__
        if is_protocol(base)
        for name, value in vars(base).items()
        if isinstance(value, _METHODS) and name not in _OF_EVERY_PROTOCOL
    )


class _Empty(Protocol):
    """A Protocol that declares nothing."""


_OF_EVERY_PROTOCOL = vars(_Empty).keys() | vars(Protocol).keys()


def is_protocol(thing: object) -> bool:
    """Whether this is a Protocol, and not a class that has what one declares."""
    return isinstance(thing, type) and Protocol in thing.__bases__


def missing_in(thing: object, protocol: type) -> list[str]:
    """The names of a Protocol that an object lacks, sorted."""
    names = methods_of(protocol) | attributes_of(protocol).keys()
    return sorted(name for name in names if not hasattr(thing, name))


def missing_paths(thing: object, protocol: type) -> Iterator[str]:
    """The paths to what an object lacks of a Protocol, or to what the objects behind it lack."""
    missing = missing_in(thing, protocol)
    yield from missing
    for name, kind in attributes_of(protocol).items():
        if name not in missing and is_protocol(kind):
            yield from (f"{name}.{path}" for path in missing_paths(getattr(thing, name), kind))


def has(thing: object, part: type[_T]) -> TypeGuard[_T]:
    """Whether a thing has what a Protocol declares of which things have all or nothing: one name decides."""
    protocol: type = part
    return hasattr(thing, _deciding(protocol))


@cache
def _deciding(part: type) -> str:
    return min(methods_of(part) | attributes_of(part).keys())


def loaded(names: type[_T]) -> _T:
    """Import the classes and functions of the host that a dataclass lists.

    Args:
        names: each field has the name of what it holds, and is annotated with the module that has it. A class
            must have the methods of the Protocol that describes its instances.

    Raises:
        HostUnsupported: something is missing; the text says what.
    """
    found: dict[str, Any] = {}
    missing: list[str] = []
    for name, hint in get_type_hints(names, include_extras=True).items():
        kind, module = _kind_and_module(hint)
        try:
            found[name] = getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError):
            missing.append(f"{module}.{name}")
            continue
        if is_protocol(kind):
            absent = sorted(method for method in methods_of(kind) if not hasattr(found[name], method))
            missing += [f"{module}.{name}.{method}" for method in absent]
    refuse_if(missing)
    return names(**found)


def refuse_if(missing: list[str]) -> None:
    """Refuse to work with a host that lacks something.

    Raises:
        HostUnsupported: it does; the text says what.
    """
    if missing:
        raise HostUnsupported(
            f"Optiverse {installed_version()} has no {', '.join(missing)}, which live collaboration needs; "
            "install a version of Optiverse that it supports."
        )


def _kind_and_module(hint: Any) -> tuple[Any, str]:
    """What describes the instances of a class, or a function, and the module that has it."""
    assert get_origin(hint) is Annotated, hint
    described, module = get_args(hint)
    return (get_args(described)[0] if get_origin(described) is type else described), module


class Override:
    """Overrides a method of one of the host's objects with our function, until it is undone.

    Of several for one method, the last is undone first.

    Args:
        owner: whose method it is; its class keeps the method.
        name: of the method.
        function: takes what the method takes.
    """

    def __init__(self, owner: object, name: str, function: Callable[..., object]) -> None:
        self._owner = owner
        self._name = name
        self._before = vars(owner).get(name)
        self._undone = False
        setattr(owner, name, function)

    def undo(self) -> None:
        """Restore the class's method, or the previous override."""
        if self._undone:
            return
        self._undone = True
        if self._before is not None:
            setattr(self._owner, self._name, self._before)
        else:
            vars(self._owner).pop(self._name, None)
