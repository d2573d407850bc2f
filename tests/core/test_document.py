"""The state hash: HASH-2 of docs/protocol.md."""

from __future__ import annotations

from hashlib import blake2b

from optiverse_collab.core.document import Document
from optiverse_collab.core.records import Lane, Put, Record, Remove, Set


def hash_of(document: Document, lane: Lane = Lane.BENCH) -> str:
    """The hash of one lane; the other lanes must be empty."""
    hashes = document.hashes()
    assert hashes.keys() == set(Lane)
    assert {hashes[other] for other in Lane if other is not lane} == {"0" * 16}
    return hashes[lane]


def test_hash_is_the_one_that_the_protocol_describes() -> None:
    """HASH-2, computed here as a client in another language would."""
    parts = ['["a","k",{"x":1.5}]', '["é","k",{}]']
    total = sum(int.from_bytes(blake2b(part.encode(), digest_size=8).digest(), "big") for part in parts)
    document = Document([Record("é", "k", {}), Record("a", "k", {"x": 1.5})])
    assert hash_of(document) == f"{total % 2**64:016x}"
    assert hash_of(Document()) == "0" * 16


def test_hash_follows_every_change_and_not_the_way_there() -> None:
    document = Document()
    seen = {hash_of(document)}
    for op in (Put("a", "k", {"x": 1}), Put("b", "k"), Set("a", {"x": 2}), Set("a", {"x": 1.0}), Remove("b")):
        assert document.apply(op)
        assert hash_of(document) not in seen
        seen.add(hash_of(document))
    assert hash_of(document) == hash_of(Document([Record("a", "k", {"x": 1.0})]))
    document.apply(Remove("a"))
    assert hash_of(document) == hash_of(Document())


def test_hash_is_the_same_however_often_it_was_asked_for() -> None:
    asked, not_asked = Document(), Document()
    for n in range(20):
        for document in (asked, not_asked):
            document.apply(Put(f"r{n % 7}", "k", {"n": n}))
            if n % 3 == 0:
                document.apply(Remove(f"r{(n + 1) % 7}"))
        hash_of(asked)
    assert hash_of(asked) == hash_of(not_asked)


def test_each_lane_has_a_hash_of_its_own() -> None:
    """HASH-2, DOC-8: of its own records only, however they came and went."""
    bench, talk = Record("a", "k", {"x": 1}), Record("b", "k", {}, Lane.TALK)
    both = Document([bench, talk])
    hashes = both.hashes()
    assert hashes[Lane.BENCH] == hash_of(Document([bench]))
    assert hashes[Lane.TALK] == hash_of(Document([talk]), Lane.TALK) != hashes[Lane.BENCH]
    assert hashes[Lane.META] == "0" * 16
    both.apply(Set("b", {"text": "Hello!"}))
    assert both.hashes()[Lane.BENCH] == hashes[Lane.BENCH]
    assert both.hashes()[Lane.TALK] != hashes[Lane.TALK]
    both.apply(Remove("b"))
    assert hash_of(both) == hashes[Lane.BENCH]


def test_record_that_comes_back_in_another_lane_moves() -> None:
    """DOC-8: a put never changes the lane of a record; a new record with that id has its own lane."""
    document = Document([Record("a", "k", {})])
    document.hashes()
    document.apply(Put("a", "k", {}, Lane.TALK))
    assert hash_of(document) == hash_of(Document([Record("a", "k", {})]))
    document.apply(Remove("a"))
    document.apply(Put("a", "k", {}, Lane.TALK))
    assert hash_of(document, Lane.TALK) == hash_of(Document([Record("a", "k", {}, Lane.TALK)]), Lane.TALK)


def test_hashing_is_done_in_parts() -> None:
    """HASH-1: a little for each frame, until all changes are hashed."""
    records = [Record(f"r{number}", "component", {"text": "x" * 100}) for number in range(10)]
    document = Document(records)
    turns = 1
    while not document.freshen(250):
        turns += 1
        assert turns < 10
    assert turns > 1
    assert document.freshen(0)
    assert document.hashes() == Document(records).hashes()
