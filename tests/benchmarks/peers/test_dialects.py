"""What participants say to peers. The peers themselves are installed only by the command."""

from __future__ import annotations

import json

import pytest

from benchmarks.bench import component_id
from benchmarks.dialects import Dialect
from benchmarks.peers.dialects import Hocuspocus, Tldraw, Yjs

DIALECTS = [Yjs(), Hocuspocus(), Tldraw()]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: type(dialect).__name__)
def test_an_edit_is_found_in_its_own_message(dialect: Dialect) -> None:
    """And so in what a peer sends on, which has the same position in it."""
    assert dialect.numbers(dialect.edit(7, 1, 3) + dialect.edit(123, 2, 3)) == [7, 123]


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: type(dialect).__name__)
def test_a_bench_comes_in_pages(dialect: Dialect) -> None:
    pages = [question for _, question in dialect.bench(300)]
    assert len(pages) == 2
    for page, first, last in zip(pages, (0, 250), (249, 299), strict=True):
        assert component_id(first).encode() in page.frame
        assert component_id(last).encode() in page.frame
    assert pages[0].answer != pages[1].answer


def test_hocuspocus_names_the_document_in_each_message() -> None:
    """And wants a token first."""
    token, sync = Hocuspocus().opening(0)
    assert b"\x05bench\x02\x00\x05token" in token.frame
    assert token.answer == b"\x05bench\x02\x02"
    assert sync.frame.endswith(b"\x05bench" + _unnamed(next(Yjs().opening(0)).frame))


def test_tldraw_gets_one_patch_for_each_edit() -> None:
    frame = Tldraw().edit(7, 4, 3)
    push = json.loads(frame[frame.index(b"{") :])
    patch = ["patch", {"pos": ["patch", {"0": ["put", 7.25]}]}]
    assert push == {"type": "push", "clientClock": 4, "diff": {f"component:{component_id(3)}": patch}}


def _unnamed(frame: bytes) -> bytes:
    """The payload of a short frame."""
    return frame[6:]
