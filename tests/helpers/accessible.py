"""What a screen reader learns about a widget, from Qt's own `QAccessible`.

PyQt6 lacks that class, so this calls Qt's library. The positions in the table of its virtual functions are
those of ``qaccessible.h`` of Qt 6, which can't change within Qt 6.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from enum import IntEnum
from functools import cache
from typing import Any

import pytest
from PyQt6 import sip
from PyQt6.QtWidgets import QWidget

_FIND = "_ZN11QAccessible24queryAccessibleInterfaceEP7QObject"
_CHILD, _COUNT, _TEXT = 9, 10, 12


class _String(ctypes.Structure):
    """A QString: its owner, its UTF-16 text, and the text's length in units."""

    _fields_ = (("owner", ctypes.c_void_p), ("units", ctypes.c_void_p), ("size", ctypes.c_ssize_t))


class _Text(IntEnum):
    NAME = 0
    DESCRIPTION = 1


class Accessible:
    """What a screen reader finds: a widget, or a part of one.

    Args:
        address: the address of Qt's QAccessibleInterface.
    """

    def __init__(self, address: int) -> None:
        assert address, "Qt has no accessible interface for it"
        self._address = address

    @property
    def name(self) -> str:
        """The accessible name."""
        return self._text(_Text.NAME)

    @property
    def description(self) -> str:
        """The accessible description."""
        return self._text(_Text.DESCRIPTION)

    @property
    def children(self) -> list[Accessible]:
        """The parts, for example the rows of a list."""
        count = self._function(_COUNT, ctypes.c_int)(self._address)
        child = self._function(_CHILD, ctypes.c_void_p, ctypes.c_int)
        return [Accessible(child(self._address, place)) for place in range(count)]

    def _text(self, which: _Text) -> str:
        found = self._function(_TEXT, _String, ctypes.c_int)(self._address, which)
        return ctypes.string_at(found.units, 2 * found.size).decode("utf-16-le") if found.size else ""

    def _function(self, place: int, gives: Any, *takes: Any) -> Callable[..., Any]:
        table = ctypes.c_void_p.from_address(self._address).value
        assert table is not None
        address = ctypes.c_void_p.from_address(table + place * ctypes.sizeof(ctypes.c_void_p)).value
        assert address is not None
        return ctypes.CFUNCTYPE(gives, ctypes.c_void_p, *takes)(address)


def accessible(widget: QWidget) -> Accessible:
    """The widget as a screen reader finds it."""
    address: Any = sip.unwrapinstance  # its stub says that it returns nothing
    return Accessible(_find()(address(widget)))


@cache
def _find() -> Any:
    if not sys.platform.startswith("linux"):
        pytest.skip("Only on Linux is it known how to call Qt here.")
    found = ctypes.CDLL("libQt6Gui.so.6")[_FIND]
    found.restype, found.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    return found
