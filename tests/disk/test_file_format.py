"""The file of a replica returns what was written, and nothing else (DISK-2, DISK-3)."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.core.client.conflicts import HeldChange
from optiverse_collab.core.client.journal import Changed, Entry, Settled, replay
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.core.protocol.positions import OldHead, SignedHead, Turn
from optiverse_collab.core.records import Lane, Put, Record, Set
from optiverse_collab.disk.file_format import MAGIC, Header, NewerFormat, Unreadable, more, new_file, read
from optiverse_collab.disk.frames import Frames
from tests.helpers.replicas import OWNER, VALUES, entries, pending, saved


def written(copy: Saved, journal: list[Entry]) -> tuple[bytes, list[int]]:
    """A file with a copy and a journal, and the positions where the journal's entries begin and end."""
    frames = Frames(MAGIC)
    data = b"".join(new_file(OWNER, copy, frames))
    ends = [len(data)]
    for part in more(journal, frames):
        data += part
        ends.append(len(data))
    return data, ends


def strict(copy: Saved) -> bytes:
    """Bytes that distinguish 1, 1.0 and true, and 0.0 and -0.0."""
    return msgspec.json.encode(copy)


COPY = saved(pending(4), pending(5), records=3, held={"a": HeldChange([Set("a", {"n": 1})], "ben")})


def test_a_file_that_says_nothing_of_hosting_is_read() -> None:
    """An earlier version wrote such files."""
    frames = Frames(MAGIC)
    fields = msgspec.to_builtins(Header(OWNER, COPY.client_ids, COPY.epoch, 0, "", False, 0, 0))
    del fields["owner"]["hosted"]
    assert read(MAGIC + frames.add(msgspec.msgpack.encode(fields))).owner == OWNER


@given(st.lists(entries, max_size=6), st.data())
def test_any_prefix_loads_a_prefix_of_the_journal(journal: list[Entry], choice: st.DataObject) -> None:
    data, ends = written(COPY, journal)
    cut = choice.draw(st.integers(ends[0], len(data)))
    whole = sum(end <= cut for end in ends) - 1
    contents = read(data[:cut])
    assert strict(contents.saved) == strict(replay(COPY, journal[:whole]))
    assert (contents.owner, contents.is_torn, contents.is_damaged) == (OWNER, cut not in ends, False)


@given(st.lists(entries, min_size=1, max_size=4), st.data())
def test_a_changed_byte_never_gives_a_wrong_entry(journal: list[Entry], choice: st.DataObject) -> None:
    data, ends = written(COPY, journal)
    place = choice.draw(st.integers(0, len(data) - 1))
    wrong = bytearray(data)
    wrong[place] ^= choice.draw(st.integers(1, 255))
    if place < ends[0]:
        with pytest.raises((Unreadable, NewerFormat)):
            read(bytes(wrong))
        return
    before = sum(end <= place for end in ends) - 1
    contents = read(bytes(wrong))
    assert strict(contents.saved) == strict(replay(COPY, journal[:before]))
    assert contents.is_torn or contents.is_damaged


def test_every_value_comes_back_as_it_was() -> None:
    props = {str(number): value for number, value in enumerate(VALUES)}
    copy = msgspec.structs.replace(
        saved(pending(4, Put("a", "component", props)), records=1201),
        records=[
            Record("a", "component", props),
            Record("b", "note", {}, Lane.TALK),
            *saved(records=1201).records,
        ],
    )
    data, _ = written(copy, [])
    assert strict(read(data).saved) == strict(copy)


def test_every_field_comes_back() -> None:
    """BACK-2, BACK-14, CLK-9: the signed head, old heads and the term among them."""
    signed = SignedHead(7, "00" * 16, "then", "11" * 16)
    of_server = {"signed": signed, "term": 3, "turns": [Turn(3, 2, 9)], "heads": [OldHead(7, "00112233")]}
    copy = msgspec.structs.replace(COPY, head="22" * 16, accepted=True, **of_server)
    assert all(getattr(copy, name) for name in Saved.__struct_fields__), "none has its default"
    assert read(written(copy, [])[0]).saved == copy


def test_a_file_without_a_signed_head_is_read() -> None:
    """BACK-2: an earlier version wrote it."""
    fields = msgspec.to_builtins(Header(OWNER, COPY.client_ids, COPY.epoch, 0, "", False, 0, 0))
    del fields["signed"]
    data = MAGIC + Frames(MAGIC).add(msgspec.msgpack.encode(fields))
    assert read(data).saved.signed is None


def test_the_document_can_be_left_out() -> None:
    data, _ = written(COPY, [Settled(4)])
    contents = read(data, records=False)
    assert (contents.saved.records, contents.saved.pending) == ([], [pending(5)])
    assert contents.saved.epoch == COPY.epoch


def test_an_empty_replica_comes_back() -> None:
    empty = Saved(["me"], None, 0, "", [], [], {})
    assert read(written(empty, [])[0]).saved == empty


def test_a_newer_format_is_recognised() -> None:
    data, _ = written(COPY, [])
    with pytest.raises(NewerFormat):
        read(b"optiverse-collab replica 2\n" + data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        b"optiverse-collab replica 0\n",
        b"optiverse-collab replica x\n",
        MAGIC,
        b"\xff" * 99,
    ],
)
def test_what_is_no_replica_can_not_be_read(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read(data)


def test_a_copy_that_is_cut_off_can_not_be_read() -> None:
    """It replaces the old copy only when it is complete."""
    data, ends = written(COPY, [])
    for cut in range(len(MAGIC), ends[0]):
        with pytest.raises(Unreadable):
            read(data[:cut])


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_good_frame_of_another_form_can_not_be_read(place: int) -> None:
    header = Header(OWNER, ["me"], "epoch", 1, "", False, record_frames=1, entry_frames=1)
    payloads = [*map(msgspec.msgpack.encode, (header, [Record("a", "component", {})], Changed(pending(1))))]
    payloads[place] = msgspec.msgpack.encode({"something": "else"})
    frames = Frames(MAGIC)
    with pytest.raises(Unreadable):
        read(MAGIC + b"".join(map(frames.add, payloads)))
