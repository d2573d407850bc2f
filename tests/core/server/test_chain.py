"""The chain of heads: CLK-2 and CLK-5 of docs/protocol.md."""

from __future__ import annotations

from hashlib import blake2b
from itertools import pairwise

import pytest

from optiverse_collab.core.protocol.positions import SPACING
from optiverse_collab.core.server import chain as module
from optiverse_collab.core.server.chain import PREFIX_BYTES, Chain, first_head, head_after, next_head


def hashed(data: bytes) -> bytes:
    """H in the rule."""
    return blake2b(data, digest_size=16).digest()


def test_heads_are_those_that_the_protocol_describes() -> None:
    """CLK-5: computed here as a program in another language would."""
    assert first_head("épo") == hashed("épo".encode())
    assert next_head(b"head", b"entry") == hashed(b"head" + hashed(b"entry"))
    chain = Chain(first_head("e"))
    chain.add(b"one")
    chain.add(b"two")
    assert len(chain) == 3 * PREFIX_BYTES
    assert chain.head == next_head(next_head(first_head("e"), b"one"), b"two")


def test_heads_differ_from_the_first_difference_on() -> None:
    """CLK-2: in the epoch, in an entry, in the order."""
    chains = [Chain(first_head(epoch)) for epoch in "eeef"]
    for chain, entries in zip(chains, (b"abc", b"abd", b"bac", b"abc"), strict=True):
        for entry in entries:
            chain.add(bytes([entry]))
    assert len({chain.head for chain in chains}) == 4


def test_old_heads_are_told_apart() -> None:
    """CLK-3: for each clock, as far back as the chain goes."""
    chain = Chain(first_head("e"))
    heads = [chain.head.hex()]
    for number in range(5):
        chain.add(b"%d" % number)
        heads.append(chain.head.hex())
    for back in range(6):
        assert [chain.agrees(back, head) for head in reversed(heads)] == [one == back for one in range(6)]
    assert chain.agrees(6, heads[0]) is None
    assert chain.agrees(0, "") is False


def test_what_is_kept_of_old_heads_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """CLK-5: older ones are unknown; at least this many are known."""
    monkeypatch.setattr(module, "HEADS", 10)
    chain = Chain(first_head("e"))
    heads = [chain.head.hex()]
    for number in range(100):
        chain.add(b"%d" % number)
        heads.append(chain.head.hex())
        known = [chain.agrees(back, head) for back, head in enumerate(reversed(heads))]
        told = [one for one in known if one is not None]
        assert all(told)
        assert min(len(heads), 10) <= len(told) <= 20
        assert known[len(told) :] == [None] * (len(heads) - len(told))
    assert len(chain.recent) == 10 * PREFIX_BYTES


def test_chain_goes_on_from_what_a_snapshot_keeps() -> None:
    """DUR-4: with the same answers."""
    chain = Chain(first_head("e"))
    chain.add(b"one")
    middle = chain.head.hex()
    copy = Chain(chain.head, chain.recent)
    for one in (chain, copy):
        one.add(b"two")
    assert (copy.head, copy.recent) == (chain.head, chain.recent)
    assert copy.agrees(1, middle)
    assert copy.agrees(2, first_head("e").hex())
    assert Chain(chain.head).agrees(1, middle) is None


def test_head_after_several_entries_is_that_of_each_in_turn() -> None:
    """CLK-5"""
    chain = Chain(first_head("e"))
    for entry in (b"one", b"two"):
        chain.add(entry)
    assert head_after(first_head("e"), [b"one", b"two"]) == chain.head
    assert head_after(chain.head, []) == chain.head


def test_a_replica_gets_more_of_the_newer_heads() -> None:
    """BACK-14: as far back as the chain goes, or as the replica lacks them."""
    chain = Chain(first_head("e"))
    heads = [chain.head.hex()]
    for number in range(1000):
        chain.add(bytes([number % 256]))
        heads.append(chain.head.hex())
    found = chain.heads(1000, -1)
    assert all(heads[one.clock].startswith(one.start) for one in found)
    clocks = [one.clock for one in found]
    assert clocks[-19:] == [980, 982, *range(984, 1001)]
    assert clocks[0] < 125
    assert all(newer - older <= max(1, (1000 - newer) // SPACING) for older, newer in pairwise(clocks))
    assert [one.clock for one in chain.heads(1000, 990)] == [*range(991, 1001)]
    assert [one.clock for one in Chain(chain.head).heads(1000, -1)] == [1000]
    assert chain.heads(1000, 1000) == []
