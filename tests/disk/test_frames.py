"""Frames show where a write was cut off, and never return data that were not written (DISK-3)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.disk.frames import Frames, find

TITLE = b"title\n"

payloads_of_a_file = st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=6)


def file_of(payloads: list[bytes]) -> tuple[bytes, list[int]]:
    """The bytes of a file, and where its frames end."""
    frames, data, ends = Frames(TITLE), TITLE, [len(TITLE)]
    for payload in payloads:
        data += frames.add(payload)
        ends.append(len(data))
    return data, ends


@given(payloads_of_a_file, st.data())
def test_any_prefix_has_the_frames_that_are_whole(payloads: list[bytes], choice: st.DataObject) -> None:
    data, ends = file_of(payloads)
    cut = choice.draw(st.integers(len(TITLE), len(data)))
    whole = sum(end <= cut for end in ends) - 1
    found = find(data[:cut], len(TITLE))
    assert found.payloads == payloads[:whole]
    assert (found.end, found.is_torn, found.is_damaged) == (ends[whole], cut not in ends, False)


@given(payloads_of_a_file, st.data())
def test_a_changed_byte_ends_what_is_found(payloads: list[bytes], choice: st.DataObject) -> None:
    data, ends = file_of(payloads)
    place = choice.draw(st.integers(len(TITLE), len(data) - 1))
    wrong = bytearray(data)
    wrong[place] ^= choice.draw(st.integers(1, 255))
    before = sum(end <= place for end in ends) - 1
    found = find(bytes(wrong), len(TITLE))
    assert found.payloads == payloads[:before]
    assert found.end == ends[before]
    assert found.is_torn or found.is_damaged


@given(payloads_of_a_file, st.integers(1, 100))
def test_zeros_behind_the_end_are_a_torn_write(payloads: list[bytes], zeros: int) -> None:
    """Some file systems leave them after a power cut."""
    data, ends = file_of(payloads)
    found = find(data + bytes(zeros), len(TITLE))
    assert (found.payloads, found.end) == (payloads, ends[-1])
    assert found.is_torn
    assert not found.is_damaged


def test_a_fault_before_the_last_frame_is_damage() -> None:
    data, ends = file_of([b"one", b"two", b"three"])
    wrong = bytearray(data)
    wrong[ends[2] - 1] ^= 1
    found = find(bytes(wrong), len(TITLE))
    assert (found.payloads, found.is_torn, found.is_damaged) == ([b"one"], False, True)


def test_frames_of_another_file_do_not_count() -> None:
    """A disk may return data of a deleted file."""
    data, ends = file_of([b"one", b"two"])
    other, _ = file_of([b"eins", b"zwei"])
    found = find(data[: ends[1]] + other[ends[1] + 1 :], len(TITLE))
    assert found.payloads == [b"one"]
    again = find(data + data[ends[1] :], len(TITLE))
    assert again.payloads == [b"one", b"two"]
