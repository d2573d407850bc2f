"""The state hash: HASH-2 of docs/protocol.md."""

from __future__ import annotations

from hashlib import blake2b

from optiverse_collab.core.document import Document
from optiverse_collab.core.records import Put, Record, Remove, Set


def test_hash_is_the_one_that_the_protocol_describes() -> None:
    """HASH-2, computed here as a client in another language would."""
    parts = ['["a","k",{"x":1.5}]', '["é","k",{}]']
    total = sum(int.from_bytes(blake2b(part.encode(), digest_size=8).digest(), "big") for part in parts)
    document = Document([Record("é", "k", {}), Record("a", "k", {"x": 1.5})])
    assert document.hash() == f"{total % 2**64:016x}"
    assert Document().hash() == "0" * 16


def test_hash_follows_every_change_and_not_the_way_there() -> None:
    document = Document()
    seen = {document.hash()}
    for op in (Put("a", "k", {"x": 1}), Put("b", "k"), Set("a", {"x": 2}), Set("a", {"x": 1.0}), Remove("b")):
        assert document.apply(op)
        assert document.hash() not in seen
        seen.add(document.hash())
    assert document.hash() == Document([Record("a", "k", {"x": 1.0})]).hash()
    document.apply(Remove("a"))
    assert document.hash() == Document().hash()


def test_hash_is_the_same_however_often_it_was_asked_for() -> None:
    asked, not_asked = Document(), Document()
    for n in range(20):
        for document in (asked, not_asked):
            document.apply(Put(f"r{n % 7}", "k", {"n": n}))
            if n % 3 == 0:
                document.apply(Remove(f"r{(n + 1) % 7}"))
        asked.hash()
    assert asked.hash() == not_asked.hash()
