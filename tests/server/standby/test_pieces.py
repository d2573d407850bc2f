"""What arrives in pieces is bounded: STAND-5 of docs/protocol.md."""

from __future__ import annotations

import tracemalloc

import pytest

from optiverse_collab_server.standby.pieces import Pieces


def test_the_pieces_of_one_document_are_put_together() -> None:
    """STAND-5: what was taken does not count against the next one."""
    pieces = Pieces(300)
    for _ in range(2):
        pieces.add(b'{"a":')
        pieces.add(b"")
        pieces.add(b"1}" + b" " * 200)
        assert pieces.take() == b'{"a":1}' + b" " * 200
    assert pieces.take() == b""


@pytest.mark.parametrize("piece", [b" " * 101, b"[0,0"], ids=["long", "many values"])
def test_what_takes_too_much_is_not_given(piece: bytes) -> None:
    """STAND-5: short values take more memory than their text."""
    pieces = Pieces(100)
    found = []
    for part in (b"[", piece, b"]"):
        pieces.add(part)
        found.append(pieces.are_too_many)
    assert found == [False, True, True]
    assert pieces.take() is None
    pieces.add(b"[]")
    assert pieces.take() == b"[]"


def test_nothing_is_held_of_what_takes_too_much() -> None:
    """STAND-5: whoever sends 100 MB occupies no more than is allowed."""
    piece = b" " * 100_000
    tracemalloc.start()
    try:
        pieces = Pieces(1_000_000)
        for _ in range(1000):
            pieces.add(piece)
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert pieces.take() is None
    assert held < 10_000
    assert peak < 2_500_000
