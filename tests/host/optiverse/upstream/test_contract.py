"""A Protocol says at run time what an object, or a class, must have."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Annotated, Protocol

import pytest

from optiverse_collab.errors import HostUnsupported
from optiverse_collab.host.optiverse.upstream.contract import (
    Override,
    attributes_of,
    has,
    is_protocol,
    loaded,
    methods_of,
    missing_in,
    missing_paths,
)


class Lamp(Protocol):
    """Gives light."""

    watts: float
    _is_on: bool

    @property
    def colour(self) -> str: ...

    def toggle(self) -> None: ...

    @classmethod
    def from_dict(cls, data: dict[str, object]) -> Lamp: ...


class Dimmable(Lamp, Protocol):
    """Can give less light."""

    def dim(self, by: float) -> None: ...


class Socket(Protocol):
    """Holds a lamp, or none, and has a switch."""

    lamp: Dimmable
    spare: Lamp | None


class Switch(Protocol):
    """An attribute that some objects have, and others don't."""

    _is_on: bool

    def toggle(self) -> None: ...


class RealLamp:
    """A lamp of the host."""

    colour = "white"

    def __init__(self) -> None:
        self.watts = 40.0
        self._is_on = False

    def toggle(self) -> None:
        self._is_on = not self._is_on

    @classmethod
    def from_dict(cls, data: dict[str, object]) -> RealLamp:
        return cls()


class RealSocket:
    """A socket of the host."""

    def __init__(self) -> None:
        self.lamp = RealLamp()
        self.spare = None


def test_a_protocol_is_read_with_what_it_inherits() -> None:
    assert attributes_of(Dimmable) == {"watts": float, "_is_on": bool}
    assert methods_of(Dimmable) == {"colour", "toggle", "from_dict", "dim"}
    assert is_protocol(Dimmable)
    assert not is_protocol(RealLamp)
    assert not is_protocol(Lamp | None)


def test_what_an_object_lacks_is_named() -> None:
    lamp = RealLamp()
    assert missing_in(lamp, Lamp) == []
    del lamp._is_on
    assert missing_in(lamp, Dimmable) == ["_is_on", "dim"]


def test_the_way_to_what_is_missing_is_named() -> None:
    """If an attribute may hold nothing, no attributes are checked in it."""
    socket = RealSocket()
    del socket.lamp.watts
    assert list(missing_paths(socket, Socket)) == ["lamp.dim", "lamp.watts"]
    del socket.lamp
    assert list(missing_paths(socket, Socket)) == ["lamp"]


@pytest.fixture
def lamps(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module of the host."""
    module = ModuleType("optiverse_lamps")
    vars(module).update(Lamp=RealLamp, toggle_all=lambda: None)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return module


@dataclass(frozen=True)
class LampNames:
    """The names that the module must have."""

    Lamp: Annotated[type[Lamp], "optiverse_lamps"]
    toggle_all: Annotated[Callable[[], None], "optiverse_lamps"]


@dataclass(frozen=True)
class MoreNames:
    """Names that the module lacks, or has with other types."""

    Lamp: Annotated[type[Dimmable], "optiverse_lamps"]
    laser: Annotated[Callable[[], None], "optiverse_lamps"]
    Oven: Annotated[type[Socket], "optiverse_ovens"]


def test_classes_and_functions_are_loaded(lamps: ModuleType) -> None:
    names = loaded(LampNames)
    assert names.Lamp is RealLamp
    assert names.Lamp.from_dict({}).watts == 40.0
    names.toggle_all()


def test_what_cannot_be_loaded_is_named(lamps: ModuleType) -> None:
    """Classes are not checked for attributes of their instances."""
    missing = "has no optiverse_lamps.Lamp.dim, optiverse_lamps.laser, optiverse_ovens.Oven, which live"
    with pytest.raises(HostUnsupported, match=missing):
        loaded(MoreNames)


def test_an_override_leaves_the_class_alone() -> None:
    lamp, other = RealLamp(), RealLamp()
    override = Override(lamp, "toggle", lambda: None)
    lamp.toggle()
    other.toggle()
    assert (lamp._is_on, other._is_on) == (False, True)
    override.undo()
    override.undo()
    lamp.toggle()
    assert lamp._is_on


def test_an_override_leaves_the_one_before_alone() -> None:
    lamp, called = RealLamp(), list[str]()
    first = Override(lamp, "toggle", lambda: called.append("first"))
    second = Override(lamp, "toggle", lambda: called.append("second"))
    lamp.toggle()
    second.undo()
    lamp.toggle()
    first.undo()
    second.undo()
    lamp.toggle()
    assert (called, lamp._is_on) == (["second", "first"], True)


def test_one_name_decides_whether_a_part_is_there() -> None:
    assert has(RealLamp(), Switch)
    assert not has(RealSocket(), Switch)
