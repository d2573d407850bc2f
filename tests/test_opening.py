"""The editor opens a bench or a link when it starts."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from optiverse_collab import opening
from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.protocol.address import parse_address
from optiverse_collab.errors import CollaborationError
from optiverse_collab.window import attachment
from optiverse_collab.window.attachment import Unavailable
from tests.helpers.guarded_server import guarded_server
from tests.helpers.server_process import ServerProcess
from tests.helpers.windows import SOON, desks

TOKEN = "cHl0aG9uLWFuZC1RdDEyMw"
LINK = f"ws://localhost:9000/ws/lab#t={TOKEN}"


@pytest.mark.parametrize("argument", ["push", "doctor", "--version", "-h"])
def test_commands_and_options_are_nothing_to_open(argument: str) -> None:
    assert not opening.is_target(argument)


@pytest.mark.parametrize("argument", ["bench.json", "./push", "C:\\bench", "wss://lab/ws/x", "../notes"])
def test_files_and_links_are_to_be_opened(argument: str) -> None:
    assert opening.is_target(argument)


@pytest.mark.parametrize("text", [LINK, f"\n  {LINK}\n\n", f"{LINK[:-9]}\n{LINK[-9:]}\n"])
def test_a_link_may_stand_in_a_file(tmp_path: Path, text: str) -> None:
    """Others on the machine can see arguments. Mail programs break long lines."""
    assert opening.read_target(LINK) == LINK
    path = tmp_path / "invite.txt"
    path.write_text(text, "utf-8")
    read = opening.read_target(str(path))
    assert isinstance(read, str)
    assert "".join(read.split()) == LINK


def test_a_bench_is_a_file_of_that_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bench.JSON").touch()
    monkeypatch.chdir(tmp_path)
    assert opening.read_target("bench.JSON") == tmp_path / "bench.JSON"


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        ("none.json", "There is no file 'none.json'."),
        (f"lab/ws/x#t={TOKEN}", "There is no file 'lab/ws/x'. A link begins with wss:// or ws://."),
        ("notes.txt", "is no bench (.json), and has no invite link in it."),
        ("picture.png", "can't be read: "),
        (f"ws://lab/ws/x#t={TOKEN}x", "The invite in the link has 23 characters, not 22"),
        (".", "There is no file '.'."),
    ],
)
def test_what_cannot_be_opened_is_refused_without_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, argument: str, says: str
) -> None:
    (tmp_path / "notes.txt").write_text("Remember:\nwss://lab/ws/x", "utf-8")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\xff\xfe")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CollaborationError) as refused:
        opening.read_target(argument)
    assert says in str(refused.value)
    assert TOKEN not in str(refused.value)


def test_a_link_is_joined_in_the_first_window(qtbot: QtBot, server: ServerProcess, session_id: str) -> None:
    with desks(qtbot, 1) as [ann]:
        opening.open_target(f"{server.url}/ws/{session_id}", ann.window, "")
        qtbot.waitUntil(lambda: ann.manager.status is ConnectionState.CONNECTED, timeout=SOON)
        assert ann.manager.session_id == session_id


def test_an_invite_from_a_file_lets_in_and_is_in_no_log(qtbot: QtBot, tmp_path: Path) -> None:
    with guarded_server(tmp_path / "data") as guarded, desks(qtbot, 1) as [ann]:
        link = guarded.owner_link("lab")
        token = parse_address(link).token
        assert token is not None
        invite = tmp_path / "invite.txt"
        invite.write_text(f"{link}\n", "utf-8")
        opening.open_target(opening.read_target(str(invite)), ann.window, "")
        qtbot.waitUntil(lambda: ann.manager.status is ConnectionState.CONNECTED, timeout=SOON)
        assert [line.text for line in ann.window.log.lines if token in line.text] == []


@pytest.mark.parametrize("why", ["The plugin is not for this version.", ""])
def test_a_window_without_us_says_why_no_link_is_joined(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    with desks(qtbot, 1) as [ann]:
        monkeypatch.setattr(attachment, "attachment_for", lambda window: Unavailable("A module is missing."))
        opening.open_target(LINK, ann.window, why)
        [box] = ann.window.findChildren(QMessageBox)
        assert box.isVisible()
        ending = f"Live collaboration is off: {why or 'A module is missing.'}"
        assert box.text() == f"The session of the link can't be joined. {ending}"
