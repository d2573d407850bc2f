"""Parcels: what the server gives its clients to carry (BACK)."""

from __future__ import annotations

import hashlib
import json

import pytest
from msgspec import structs

from optiverse_collab.core.protocol.parcels import Parcel
from optiverse_collab.core.records import Put
from optiverse_collab.core.server.batches import Batch, unpack
from optiverse_collab.core.server.chain import first_head
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Kept
from optiverse_collab.core.server.parcels import PARCEL_BYTES, Parcels, is_sealed, sealed
from optiverse_collab.core.space import Space
from tests.core.server.histories import do

KEY = b"k" * 32


class Gathering:
    """A session whose changes are gathered.

    Attributes:
        parcels: what gathers them.
        kept: the entries that storage got.
    """

    def __init__(self, key: bytes | None = KEY) -> None:
        self.history = History(History.empty("e"), space=Space(10**9))
        self.parcels = Parcels(key, "lab", self.history)
        self.kept: list[Kept] = []

    def change(self, *sizes: int, by: str = "ann") -> None:
        """Storage gets changes of about these sizes together."""
        new = [do(self.history, Put("lens", "x", {"text": "x" * size}), by=by).kept for size in sizes]
        self.parcels.add(new, self.history.names.take_new())
        self.kept += new

    def take(self, durable: int | None = None) -> Parcel | None:
        make = self.parcels.take(self.history.clock if durable is None else durable)
        return None if make is None else make()

    def batch(self, parcel: Parcel | None) -> Batch:
        assert parcel is not None
        return unpack(parcel.packed, parcel.after, bytes.fromhex(parcel.before))


@pytest.fixture
def gathering() -> Gathering:
    one = Gathering()
    one.parcels.carry("c1")
    return one


def test_a_parcel_has_everything_since_the_last(gathering: Gathering) -> None:
    """BACK-5."""
    gathering.change(1, 2)
    gathering.change(3, by="bob")
    first = gathering.take()
    assert first is not None
    assert (first.epoch, first.after, first.clock) == ("e", 0, 3)
    assert (first.before, first.head) == (first_head("e").hex(), gathering.kept[2].head.hex())
    batch = gathering.batch(first)
    assert batch.entries == [one.data for one in gathering.kept]
    assert [name.text for name in batch.names if name.kind.value == "author"] == ["ann", "bob"]
    gathering.change(4)
    second = gathering.take()
    assert second is not None
    assert (second.after, second.before, second.clock) == (3, first.head, 4)
    assert gathering.batch(second).names == []
    assert gathering.take() is None


def test_the_signature_covers_all_of_it(gathering: Gathering) -> None:
    """BACK-5: a hash over the JSON array and the packed bytes, with the key."""
    gathering.change(1)
    parcel = gathering.take()
    assert parcel is not None
    position = ["lab", "e", 0, parcel.before, 1, parcel.head]
    signed = json.dumps(position, separators=(",", ":")).encode() + parcel.packed
    digest = hashlib.blake2b(signed, digest_size=16, key=KEY, person=b"optiverse parcel")
    assert parcel.signature == digest.hexdigest()
    assert is_sealed(KEY, "lab", parcel)
    assert not is_sealed(b"another key", "lab", parcel)
    assert not is_sealed(KEY, "other", parcel)
    for key, value in {"epoch": "f", "after": 1, "before": "", "clock": 2, "head": "", "packed": b""}.items():
        assert not is_sealed(KEY, "lab", structs.replace(parcel, **{key: value}))


def test_only_what_is_durable_is_carried(gathering: Gathering) -> None:
    """DUR-1."""
    gathering.change(1)
    gathering.change(1)
    assert gathering.take(durable=0) is None
    first = gathering.take(durable=1)
    assert first is not None
    assert first.clock == 1
    second = gathering.take()
    assert second is not None
    assert (second.after, second.clock) == (1, 2)


def test_a_long_write_is_split(gathering: Gathering) -> None:
    """BACK-5: the names come with the first part."""
    gathering.change(PARCEL_BYTES, PARCEL_BYTES, 1)
    parcels = [gathering.take(), gathering.take(), gathering.take()]
    assert [one and (one.after, one.clock) for one in parcels] == [(0, 1), (1, 2), (2, 3)]
    assert [len(gathering.batch(one).names) for one in parcels] == [2, 0, 0]


def test_nothing_is_gathered_for_nobody() -> None:
    """LIM-16: what waits is counted, and dropped with the last carrier."""
    one = Gathering()
    one.change(1)
    assert one.parcels.size == 0
    one.parcels.carry("c1")
    one.parcels.carry("c2")
    assert one.parcels.carriers == ("c1", "c2")
    space = one.history.space
    assert space is not None
    before = space.used
    one.change(1000)
    assert one.parcels.size == len(one.kept[1].data)
    assert space.used >= before + one.parcels.size
    one.parcels.forget("c1")
    one.parcels.forget("c3")
    assert one.parcels.size
    one.parcels.forget("c2")
    assert one.parcels.size == 0
    assert one.take() is None


def test_a_parcel_begins_where_its_first_carrier_came() -> None:
    """BACK-5: changes that storage gets only later, but that were accepted before, are left out."""
    one = Gathering()
    early = [do(one.history, Put("lens", "x", {})).kept]
    one.parcels.carry("c1")
    late = [do(one.history, Put("mirror", "x", {}), by="bob").kept]
    one.parcels.add(early + late, one.history.names.take_new())
    parcel = one.take()
    assert parcel is not None
    assert (parcel.after, parcel.before) == (1, early[0].head.hex())
    assert one.batch(parcel).entries == [late[0].data]


def test_without_a_key_nobody_carries() -> None:
    """BACK-5."""
    one = Gathering(key=None)
    one.parcels.carry("c1")
    one.change(1)
    assert not one.parcels.carriers
    assert one.parcels.size == 0


def test_sealing_is_the_same_for_the_same() -> None:
    batch = Batch(0, first_head("e"), [b"{}"], [])
    assert sealed(KEY, "lab", "e", batch, bytes(16)) == sealed(KEY, "lab", "e", batch, bytes(16))
