"""Which replica a window gets, and which edits wait for their server (DISK-6)."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue
from time import sleep, time

import pytest

from optiverse_collab.core.client.conflicts import HeldChange
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.core.records import Set
from optiverse_collab.disk.folder import KEPT_COUNT, KEPT_S, ReplicaFolder
from optiverse_collab.disk.set_aside import AsideReason
from optiverse_collab.disk.slot import REPLICA_NAME, Slot
from optiverse_collab.errors import DiskError
from tests.helpers.replicas import pending, saved

DEADLINE_S = 60
HERE, THERE = "ws://localhost:8765", "ws://lab.example:8765"

Left = Callable[..., Path]
Claim = Callable[..., Slot]


@pytest.fixture
def folder(tmp_path: Path) -> ReplicaFolder:
    return ReplicaFolder(tmp_path / "replicas")


@pytest.fixture
def claimed(folder: ReplicaFolder) -> Iterator[Claim]:
    """Claims slots, and releases them at the end."""
    slots: list[Slot] = []

    def claim(address: str = HERE, session: str = "lab", user_id: str = "ann") -> Slot:
        slots.append(folder.claim(address, session, user_id))
        return slots[-1]

    yield claim
    for slot in slots:
        give_up(slot)


def give_up(slot: Slot) -> None:
    slot.close()
    assert slot.join(DEADLINE_S)


@pytest.fixture
def left(folder: ReplicaFolder) -> Left:
    """Makes replicas that no window uses any more: each in its own slot, written `age_s` ago."""

    def leave(copy: Saved, age_s: float = 0, user_id: str = "ann", session: str = "lab") -> Path:
        # Nobody has this name, so the slot is a new one.
        slot = folder.claim(HERE, session, "nobody")
        slot.owner = type(slot.owner)(session, [HERE], user_id)
        slot.rebase(copy, 1)
        give_up(slot)
        when = time() - age_s
        os.utime(slot.folder / REPLICA_NAME, (when, when))
        return slot.folder

    return leave


def test_edits_that_wait_are_listed_the_newest_first(folder: ReplicaFolder, left: Left) -> None:
    left(saved(pending(1), pending(2)), age_s=50)
    left(saved(), age_s=10)
    left(saved(pending(1)), user_id="ben")
    found = [(one.owner.user_id, one.owner.session, one.epoch, one.edits) for one in folder.waiting()]
    assert found == [("ben", "lab", "epoch 1", 1), ("ann", "lab", "epoch 1", 2)]
    assert abs(folder.waiting()[1].when_ms / 1000 - (time() - 50)) < DEADLINE_S


def test_there_is_nothing_at_first(folder: ReplicaFolder) -> None:
    assert (folder.waiting(), folder.set_asides()) == ([], [])
    folder.prune()


def test_a_window_gets_the_newest_of_its_session_and_author(left: Left, claimed: Claim) -> None:
    left(saved(pending(1)), age_s=50)
    newest = left(saved(pending(1), pending(2)), age_s=10)
    left(saved(pending(1)), user_id="ben")
    left(saved(pending(1)), session="attic")
    slot = claimed()
    assert slot.folder == newest
    loaded = slot.load()
    assert loaded is not None
    assert len(loaded.pending) == 2


@pytest.mark.parametrize(
    "other",
    [{"user_id": "ben"}, {"session": "attic"}, {"address": THERE}],
    ids=["author", "session", "address"],
)
def test_a_replica_of_another_is_left_alone(
    folder: ReplicaFolder, left: Left, claimed: Claim, other: dict[str, str]
) -> None:
    theirs = left(saved(pending(1)))
    slot = claimed(**other)
    assert slot.folder != theirs
    assert slot.load() is None
    assert [one.slot for one in folder.waiting()] == [theirs.name]


def test_a_slot_is_one_windows(folder: ReplicaFolder, left: Left, claimed: Claim) -> None:
    """The second window of a session gets another slot, and a slot in use does not count as waiting."""
    left(saved(pending(1)))
    first, second = claimed(), claimed()
    assert first.folder != second.folder
    assert folder.waiting() == []


def test_a_session_is_found_at_every_address_it_was_joined_at(folder: ReplicaFolder, claimed: Claim) -> None:
    slot = folder.claim(HERE, "lab", "ann")
    slot.joined_at(THERE)
    slot.rebase(saved(), 1)
    give_up(slot)
    again = claimed(THERE)
    assert again.folder == slot.folder
    assert again.owner.addresses == [THERE, HERE]


PIN, OTHER = f"#pin={'a' * 43}", f"#pin={'b' * 43}"


@pytest.mark.parametrize(
    ("known", "asked", "is_same"),
    [
        ("wss://lab:1" + PIN, "wss://lab:1" + PIN, True),
        ("wss://lab:1" + PIN, "wss://moved:1" + PIN, True),
        ("wss://lab:1" + PIN, "wss://lab:1", True),
        ("wss://lab:1", "wss://lab:1" + PIN, True),
        ("wss://lab:1" + PIN, "wss://lab:1" + OTHER, False),
        ("wss://lab:1" + PIN, "wss://moved:1", False),
    ],
)
def test_a_server_is_known_by_its_key(
    folder: ReplicaFolder, claimed: Claim, known: str, asked: str, is_same: bool
) -> None:
    """Edits for another server are not sent to this one."""
    slot = folder.claim(known, "lab", "ann")
    slot.rebase(saved(pending(1)), 1)
    give_up(slot)
    again = claimed(asked)
    assert (again.folder == slot.folder) is is_same


def test_edits_for_a_server_with_another_key_are_set_aside(folder: ReplicaFolder, claimed: Claim) -> None:
    """DISK-6: and they can be merged; a replica without edits stays in its slot."""
    for user, edits in (("ann", [pending(1)]), ("ben", [])):
        slot = folder.claim("wss://lab:1" + PIN, "lab", user)
        slot.rebase(saved(*edits), 1)
        give_up(slot)
    claimed("wss://moved:1" + OTHER)
    assert [one.owner.user_id for one in folder.waiting()] == ["ann"]
    for user in ("ann", "ben"):
        give_up(folder.claim("wss://lab:1" + OTHER, "lab", user))
    deadline = time() + DEADLINE_S
    while folder.waiting() and time() < deadline:
        sleep(0.01)
    assert folder.waiting() == []
    [aside] = folder.set_asides()
    assert (aside.reason, aside.edits) == (AsideReason.KEY, 1)
    assert aside.owner is not None
    assert aside.owner.user_id == "ann"
    merged = aside.load()
    assert merged is not None
    assert len(merged.pending) == 1
    assert len(folder._found()) == 1  # Ben's


def test_an_orphan_is_claimed_to_be_sent(folder: ReplicaFolder, left: Left) -> None:
    """It keeps its author and its slot."""
    theirs = left(saved(pending(1)), user_id="ben")
    [waiting] = folder.waiting()
    slot = folder.claim_slot(waiting)
    assert slot is not None
    assert (slot.folder, slot.owner.user_id) == (theirs, "ben")
    assert folder.claim_slot(waiting) is None
    slot.discard()
    assert slot.join(DEADLINE_S)
    assert folder.claim_slot(waiting) is None


def test_a_slot_that_vanishes_meanwhile_is_not_taken(
    folder: ReplicaFolder, left: Left, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = left(saved(pending(1)))
    [waiting] = folder.waiting()
    found = folder._found()
    monkeypatch.setattr(folder, "_found", lambda: found)
    (theirs / REPLICA_NAME).unlink()
    assert folder.claim_slot(waiting) is None


def test_a_file_of_a_newer_plugin_is_not_touched(folder: ReplicaFolder, left: Left, claimed: Claim) -> None:
    """It is found again after an upgrade."""
    file = left(saved(pending(1))) / REPLICA_NAME
    newer = b"optiverse-collab replica 2\nsomething else"
    file.write_bytes(newer)
    os.utime(file, (1000, 1000))
    assert claimed().folder != file.parent
    assert folder.waiting() == []
    [one] = folder.set_asides()
    assert (one.file, one.reason, one.when_ms) == (file, AsideReason.NEWER, 1_000_000)
    folder.prune()
    assert file.read_bytes() == newer


def test_a_file_that_can_not_be_read_is_kept(folder: ReplicaFolder, left: Left) -> None:
    file = left(saved(pending(1))) / REPLICA_NAME
    file.write_bytes(b"junk")
    assert [(one.file, one.reason) for one in folder.set_asides()] == [(file, AsideReason.UNREADABLE)]
    folder.prune()
    assert file.exists()


def test_what_was_set_aside_is_listed(folder: ReplicaFolder, left: Left, claimed: Claim) -> None:
    left(saved(pending(1)))
    slot = claimed()
    slot.set_aside(AsideReason.EPOCH)
    give_up(slot)
    [one] = folder.set_asides()
    assert (one.reason, one.edits, one.load()) == (AsideReason.EPOCH, 1, saved(pending(1)))


def test_old_replicas_without_edits_are_deleted(folder: ReplicaFolder, left: Left) -> None:
    held = {"a": HeldChange([Set("a", {"n": 1})], "ben")}
    old = KEPT_S + 100
    kept = [left(saved(pending(1)), age_s=old), left(saved(held=held), age_s=old), left(saved(), age_s=50)]
    gone = left(saved(), age_s=old)
    folder.prune()
    assert not gone.exists()
    assert all((one / REPLICA_NAME).exists() for one in kept)


def test_there_are_never_many_without_edits(folder: ReplicaFolder, left: Left, claimed: Claim) -> None:
    """Open ones stay, too."""
    folders = [left(saved(), age_s=1000 - number) for number in range(KEPT_COUNT + 3)]
    oldest = left(saved(), age_s=2000, user_id="ben")
    claimed(user_id="ben")
    folder.prune()
    assert [one.exists() for one in folders] == [False] * 3 + [True] * KEPT_COUNT
    assert oldest.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no POSIX modes")
def test_nobody_else_may_look(folder: ReplicaFolder, claimed: Claim, tmp_path: Path) -> None:
    slot = claimed()
    slot.rebase(saved(), 1)
    slot.set_aside(AsideReason.EPOCH)
    give_up(slot)
    replicas = tmp_path / "replicas"
    for one in (replicas, replicas / "slots", replicas / "set-aside", slot.folder):
        if one.exists():
            assert stat.S_IMODE(one.stat().st_mode) == 0o700
    for file in replicas.rglob("*"):
        if file.is_file():
            assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0


def test_a_replica_that_can_not_be_read_is_told(folder: ReplicaFolder, left: Left) -> None:
    replica = left(saved(pending(1))) / REPLICA_NAME
    replica.unlink()
    replica.mkdir()
    for look in (lambda: folder.claim(HERE, "lab", "ann"), folder.waiting, folder.prune):
        with pytest.raises(DiskError):
            look()


def test_a_new_slot_is_made_when_a_copy_is_written(tmp_path: Path) -> None:
    """DISK-5: so a disk that works only later does no harm."""
    (tmp_path / "replicas").write_bytes(b"")  # a file, so no folder can be made in it
    folder = ReplicaFolder(tmp_path / "replicas")
    slot, answers = folder.claim(HERE, "lab", "ann"), Queue[int | str]()
    slot.report_to(answers.put, answers.put)
    assert slot.load() is None
    slot.rebase(saved(pending(1)), 1)
    assert "failed" in str(answers.get(timeout=DEADLINE_S))
    (tmp_path / "replicas").unlink()
    slot.rebase(saved(pending(1)), 2)
    assert answers.get(timeout=DEADLINE_S) == 2
    assert folder.waiting() == []  # a window uses it
    give_up(slot)
    assert [one.slot for one in folder.waiting()] == [slot.folder.name]


def test_a_new_slot_without_a_copy_leaves_nothing(folder: ReplicaFolder, tmp_path: Path) -> None:
    give_up(folder.claim(HERE, "lab", "ann"))
    assert list(tmp_path.iterdir()) == []
