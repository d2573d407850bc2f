"""``optiverse-collab`` without a command starts Optiverse; with one it runs it."""

from __future__ import annotations

import sys

import pytest
from PyQt6.QtWidgets import QMessageBox

from optiverse_collab import __main__ as entry
from optiverse_collab.host.optiverse.upstream import version
from tests.helpers.cli import SMALL, fail
from tests.helpers.processes import python


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(version, "module_exists", lambda name: False)


@pytest.mark.usefixtures("nothing_installed")
@pytest.mark.parametrize("arguments", [[], [SMALL], ["ws://localhost/ws/lab"]])
def test_without_a_command_optiverse_is_started(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["optiverse-collab", *arguments])
    assert entry.main() == 1
    assert "Optiverse is not installed here" in capsys.readouterr().err


def test_a_command_is_run(capfd: pytest.CaptureFixture[str]) -> None:
    with python("-m", "optiverse_collab", "who", "--server", "ftp://localhost") as process:
        process.communicate()
    assert process.returncode == 1
    assert "begins with ws://" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["benhc.json"], "There is no file 'benhc.json'."),
        (["ftp://lab/ws/x"], "begins with ws:// or wss://"),
        ([SMALL, SMALL], "Name one file or one link, not 2."),
    ],
)
def test_what_cannot_be_opened_is_said_in_a_sentence(arguments: list[str], says: str) -> None:
    assert says in fail(*arguments)


@pytest.mark.usefixtures("nothing_installed", "qapp")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "Optiverse is not installed here"),
        (["--version"], "are those of optiverse-collab, in a terminal"),
    ],
)
def test_without_a_terminal_a_dialog_says_it(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], says: str
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: shown.append(box.text()))
    monkeypatch.setattr(sys, "argv", ["optiverse-collab-window", *arguments])
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    assert entry.window_main() == 1
    for stream in (sys.stdout, sys.stderr):
        assert stream is not None
        stream.close()
    [sentence] = shown
    assert says in sentence


@pytest.mark.usefixtures("nothing_installed")
def test_a_dialog_needs_no_qt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Users who forgot to install it would otherwise see nothing at all."""
    messagebox = pytest.importorskip("tkinter.messagebox")
    shown: list[str] = []
    monkeypatch.setattr(messagebox, "showerror", lambda title, sentence: shown.append(sentence))
    monkeypatch.setattr(sys, "argv", ["optiverse-collab-window"])
    monkeypatch.setitem(sys.modules, "PyQt6.QtWidgets", None)
    assert entry.window_main() == 1
    assert "Optiverse is not installed here" in shown[0]


def test_optiverse_starts_without_what_only_commands_need() -> None:
    """The start of Optiverse must not need what only commands or windows need."""
    script = (
        "import sys\n"
        "for name in ('msgspec', 'websockets', 'packaging', 'pluggy', 'PyQt6.QtWebSockets'):\n"
        "    sys.modules[name] = None\n"
        "import optiverse_collab.__main__, optiverse_collab.host.optiverse.launch\n"
        "from optiverse_collab.opening import read_target\n"
        "print('ready', read_target('ws://localhost/ws/lab'))\n"
    )
    with python("-c", script) as process:
        output, _ = process.communicate()
    assert output.splitlines() == ["ready ws://localhost/ws/lab"]
