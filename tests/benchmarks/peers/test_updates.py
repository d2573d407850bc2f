"""Yjs updates, byte for byte as Yjs 13.6.33 writes them."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from benchmarks.peers import updates

VALUES: list[tuple[Any, str]] = [
    (0, "7d00"),
    (-1, "7d41"),
    (63.0, "7d3f"),
    (64, "7d8001"),
    (-64, "7dc001"),
    (1_000_000, "7d80897a"),
    (0.5, "7c3f000000"),
    (0.1, "7b3fb999999999999a"),
    (None, "7e"),
    (True, "78"),
    (False, "79"),
    ("ü", "7702c3bc"),
    ([1, []], "75027d017500"),
    ({"a": {"b": -345}}, "76010161760101627dd905"),
]


@pytest.mark.parametrize(("value", "written"), VALUES, ids=str)
def test_values_are_written_as_yjs_does(value: Any, written: str) -> None:
    assert updates.any_value(value).hex() == written


def test_a_bench_is_written_as_yjs_does() -> None:
    """Two components, set into the map ``bench`` in one transaction."""
    put = updates.put(0, range(2))
    assert len(put) == 1163
    digest = "db2fb8c0c928e21310d53fb4edbd1b29e5b04f1f9d9621873c90be5286265dc0"
    assert sha256(put).hexdigest() == digest


def test_drags_are_written_as_yjs_does() -> None:
    """The first replaces the bench's position, the second the first's."""
    first, second = updates.move(5, 1, 1), updates.move(6, 2, 1)
    assert first.hex() == (
        "0101828080800800a880808080080e0175027c40a800007b40658ed20d7bdd84018080808008010e01"
    )
    assert second.hex() == (
        "0101828080800801a88280808008000175027c40c800007b40658ed20d7bdd84018280808008010001"
    )


def test_edits_are_found_in_a_message_of_several() -> None:
    moves = [updates.move(number, 1, 0) for number in (0, 1, 10, 45_000, 2**21)]
    assert updates.numbers(b"".join(moves)) == [0, 1, 10, 45_000, 2**21]
    assert updates.numbers(updates.put(0, range(3))) == []
