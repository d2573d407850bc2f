"""Yjs updates: just enough of version 1 of the encoding to put a bench into a document, and to drag.

A bench is the map ``bench`` of the document. Each component in it is a map with its properties.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from typing import Any

from benchmarks.bench import component, component_id

BENCH = 2**31
"""The Yjs client that puts the bench in; editors follow it. Real ones are as long."""

Y_MM = 172.46314119522515

_PROPS = {name: place for place, name in enumerate(component(0)["props"])}
_ITEMS = 1 + len(_PROPS)
_MAP, _ANY = 7, 8  # what an item contains
_ORIGIN, _KEY = 0x80, 0x20  # it replaces another one; it has a key in its parent
_Y_MAP = 1

_POSITION = re.compile(rb"u\x02\x7c(.{4})\x7b" + re.escape(struct.pack(">d", Y_MM)), re.DOTALL)


def put(first: int, components: Sequence[int]) -> bytes:
    """The update that puts components into the bench.

    Args:
        first: how many are there already.
        components: their numbers.
    """
    clock = first * _ITEMS
    items: list[bytes] = []
    for number in components:
        one = component(number)
        owner = varuint(BENCH) + varuint(clock + len(items))
        items.append(_item(_MAP, b"\x01" + text("bench"), one["id"]) + varuint(_Y_MAP))
        items += [
            _item(_ANY, b"\x00" + owner, name) + b"\x01" + any_value(value)
            for name, value in one["props"].items()
        ]
    return b"\x01" + varuint(len(items)) + varuint(BENCH) + varuint(clock) + b"".join(items) + b"\x00"


def move(number: int, clock: int, component: int) -> bytes:
    """The update with which somebody drags a component, of which they are the only ones to do so.

    Args:
        number: of the edit, in its position; `numbers` finds it.
        clock: of its author; the first edit has 1.
        component: its number, and its author's.
    """
    author = varuint(BENCH + 1 + component)
    if clock == 1:
        before = varuint(BENCH), varuint(component * _ITEMS + 1 + _PROPS["pos"])
    else:
        before = author, varuint(clock - 2)
    item = bytes([_ANY | _ORIGIN | _KEY]) + b"".join(before) + b"\x01" + any_value([number + 0.25, Y_MM])
    deleted = b"\x01" + before[0] + b"\x01" + before[1] + b"\x01"
    return b"\x01\x01" + author + varuint(clock - 1) + item + deleted


def numbers(message: bytes) -> list[int]:
    """The numbers of the edits in a message."""
    return [int(struct.unpack(">f", single)[0]) for single in _POSITION.findall(message)]


def last_id(components: Sequence[int]) -> bytes:
    """The part of `put` that comes back when all of these components are there."""
    return component_id(components[-1]).encode()


def varuint(number: int) -> bytes:
    """A whole number from 0 up, in as many bytes as it needs."""
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def text(string: str) -> bytes:
    """A text with its length."""
    return sized(string.encode())


def sized(data: bytes) -> bytes:
    """Bytes with their length."""
    return varuint(len(data)) + data


def any_value(value: Any) -> bytes:
    """A JSON value."""
    match value:
        case None:
            return b"\x7e"
        case bool():
            return b"\x78" if value else b"\x79"
        case str():
            return b"\x77" + text(value)
        case list():
            return b"\x75" + varuint(len(value)) + b"".join(map(any_value, value))
        case dict():
            pairs = (text(key) + any_value(one) for key, one in value.items())
            return b"\x76" + varuint(len(value)) + b"".join(pairs)
    if float(value).is_integer():
        return b"\x7d" + _varint(int(value))
    single = struct.pack(">f", value)
    return b"\x7c" + single if struct.unpack(">f", single)[0] == value else b"\x7b" + struct.pack(">d", value)


def _varint(number: int) -> bytes:
    """A whole number; the first byte has its sign and 6 bits."""
    size = abs(number)
    first = size & 0x3F | (0x40 if number < 0 else 0) | (0x80 if size > 0x3F else 0)
    return bytes([first]) + (varuint(size >> 6) if size > 0x3F else b"")


def _item(content: int, parent: bytes, key: str) -> bytes:
    """The head of a new item under a key of its parent."""
    return bytes([content | _KEY]) + parent + text(key)
