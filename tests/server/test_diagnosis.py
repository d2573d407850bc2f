"""Problems that affect a server, and how they are reported."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

import pytest

from optiverse_collab_server import diagnosis
from optiverse_collab_server.certificate import new_certificate, new_key
from optiverse_collab_server.diagnosis import Finding, Level
from optiverse_collab_server.standby.standing import FILE_NAME, Standing, State, write_standing
from tests.helpers.storage import database, execute, fill
from tests.server.cli.folders import fill_folder

NOW = datetime(2026, 5, 3, 12, 0, tzinfo=timezone.utc)
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no POSIX permissions")


def only(found: Iterable[Finding], subject: str) -> tuple[Level, str]:
    """The level and the sentence of the only finding about a subject."""
    [one] = [finding for finding in found if finding.subject == subject]
    assert one.sentence.endswith(".")
    return one.level, one.sentence


def test_versions_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "LIBRARIES", ("websockets", "no-such-library"))
    level, sentence = only(diagnosis.of_versions(), "versions")
    assert level is Level.OK
    assert "optiverse-collab-server 0" in sentence
    assert "websockets 1" in sentence
    assert "no no-such-library" in sentence


@posix
@pytest.mark.parametrize(
    ("mode", "level", "part"),
    [(0o700, Level.OK, "other users can't read it"), (0o750, Level.WARNING, "run chmod 700")],
)
def test_folder_that_others_can_read_is_named(tmp_path: Path, mode: int, level: Level, part: str) -> None:
    tmp_path.chmod(mode)
    found, sentence = only(diagnosis.of_folder(tmp_path), "folder")
    assert found is level
    assert part in sentence


def test_folder_that_can_not_be_used_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.touch()
    assert "is a file" in only(diagnosis.of_folder(file), "folder")[1]
    assert "can't be inspected" in only(diagnosis.of_folder(file / "x"), "folder")[1]
    assert "makes it at its first start" in only(diagnosis.of_folder(tmp_path / "x"), "folder")[1]
    monkeypatch.setattr(diagnosis, "access", lambda *_: False)
    assert only(diagnosis.of_folder(tmp_path), "folder")[0] is Level.FAULT


class Usage(NamedTuple):
    """The usage of a disk."""

    free: int


@pytest.mark.parametrize(
    ("free", "level"),
    [(50_000_000, Level.FAULT), (1_000_000_000, Level.WARNING), (3_000_000_000, Level.OK)],
)
def test_little_space_is_named_before_it_is_gone(
    tmp_path: Path, free: int, level: Level, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(free))
    monkeypatch.setattr(diagnosis, "file_system", lambda _: "ext4")
    assert only(diagnosis.of_disk(tmp_path / "not" / "there"), "disk")[0] is level


def test_network_share_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "file_system", lambda _: "nfs4")
    [_, share] = diagnosis.of_disk(tmp_path)
    assert share.level is Level.FAULT
    assert "network share (nfs4)" in share.sentence


@pytest.mark.skipif(sys.platform != "linux", reason="read from /proc")
def test_file_system_is_that_of_the_nearest_mount() -> None:
    assert diagnosis.file_system(Path("/proc/self")) == "proc"
    mounts = [line.split()[1] for line in Path("/proc/mounts").read_text("utf-8").splitlines()]
    is_a_mount = "/" in mounts  # which the root of a chroot may not be
    assert (diagnosis.file_system(Path("/")) != "") == is_a_mount


def test_file_system_is_unknown_where_nobody_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path, *args: object) -> str:
        raise OSError

    monkeypatch.setattr(Path, "read_text", fail)
    assert diagnosis.file_system(tmp_path) == ""


def test_sessions_that_can_be_read_are_counted(tmp_path: Path) -> None:
    fill_folder(tmp_path, lab=["a"], other=["b"])
    found = list(diagnosis.of_sessions(tmp_path, datetime.now(timezone.utc)))
    assert only(found, "sessions") == (Level.OK, "2 session(s) can be read; check reads all history.")
    assert only(found, "clock")[0] is Level.OK


def test_damage_is_a_fault_with_its_place(tmp_path: Path) -> None:
    fill_folder(tmp_path, lab=["a", "b"], other=["b"])
    execute(tmp_path, "DELETE FROM log WHERE session=1 AND first=1")
    found = list(diagnosis.of_sessions(tmp_path, datetime.now(timezone.utc)))
    assert only(found, "sessions")[0] is Level.FAULT
    assert "'lab' (change 1 is missing)" in only(found, "sessions")[1]
    (tmp_path / "sessions.sqlite3").write_bytes(b"nonsense")
    [whole] = diagnosis.of_sessions(tmp_path, NOW)
    assert whole.level is Level.FAULT
    assert "is damaged" in whole.sentence


@pytest.mark.parametrize("clocks", [(0, 5), (5, 5)], ids=["entries", "snapshot"])
def test_clock_that_was_set_back_is_a_fault(tmp_path: Path, clocks: tuple[int, int]) -> None:
    with database(tmp_path) as made:
        fill(made, "lab", *clocks)  # a time in November 2023
    made_at = datetime(2023, 11, 14, 22, 13, 20, tzinfo=timezone.utc)
    before = list(diagnosis.of_sessions(tmp_path, made_at - timedelta(days=1)))
    assert only(before, "clock")[0] is Level.FAULT
    assert "set this machine's clock" in only(before, "clock")[1]
    assert only(diagnosis.of_sessions(tmp_path, NOW), "clock")[0] is Level.OK


def test_nothing_is_said_of_sessions_before_the_first_start(tmp_path: Path) -> None:
    assert list(diagnosis.of_sessions(tmp_path, NOW)) == []


@pytest.mark.parametrize(
    ("is_own", "days", "level", "part"),
    [
        (True, 400, Level.OK, "the server renews it when it starts"),
        (False, 100, Level.OK, "is valid until 2027-05-03"),
        (False, 350, Level.WARNING, "renew it, and restart"),
        (False, 366, Level.FAULT, "expired on 2027-05-03"),
    ],
)
def test_certificate_that_ends_is_named(
    tmp_path: Path, is_own: bool, days: int, level: Level, part: str
) -> None:
    file = tmp_path / "cert.pem"
    file.write_bytes(new_certificate(new_key(), ["localhost"], NOW))
    found, sentence = only(diagnosis.of_certificate(file, is_own, NOW + timedelta(days=days)), "tls")
    assert found is level
    assert part in sentence


def test_certificate_that_is_not_there_is_made_or_missed(tmp_path: Path) -> None:
    assert "not encrypted" in only(diagnosis.of_certificate(None, True, NOW), "tls")[1]
    file = tmp_path / "cert.pem"
    assert only(diagnosis.of_certificate(file, True, NOW), "tls")[0] is Level.OK
    assert only(diagnosis.of_certificate(file, False, NOW), "tls")[0] is Level.FAULT
    file.write_bytes(os.urandom(100))
    assert only(diagnosis.of_certificate(file, True, NOW), "tls")[0] is Level.FAULT


@pytest.mark.parametrize(
    ("standing", "level", "sentence"),
    [
        (
            Standing(State.STANDBY, 4, "wss://first:1/ws/default#t=" + "f" * 22),
            Level.OK,
            "This is the standby of wss://first:1, so it serves nobody until you run promote.",
        ),
        (
            Standing(State.DEPOSED, 4, "ws://second:1"),
            Level.FAULT,
            "Another server at ws://second:1 has taken over, so this one serves nobody; make a link there "
            "with invite --all --role follower, and start this server with --follow LINK.",
        ),
    ],
)
def test_which_of_a_pair_a_server_is(tmp_path: Path, standing: Standing, level: Level, sentence: str) -> None:
    assert list(diagnosis.of_standing(tmp_path)) == []
    write_standing(tmp_path, standing)
    assert list(diagnosis.of_standing(tmp_path)) == [Finding("pair", level, sentence)]


def test_a_standing_that_can_not_be_read_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("?")
    [found] = diagnosis.of_standing(tmp_path)
    assert (found.level, "standing.json is damaged" in found.sentence) == (Level.FAULT, True)
