"""``optiverse-collab doctor``: a tick for each step of a connection, or a cross and what to do."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from optiverse_collab.cli import doctor
from optiverse_collab.wording.diagnosis import NO_QT
from tests.helpers.cli import UTF_8, command
from tests.helpers.processes import run_python
from tests.helpers.removed import environment_without
from tests.helpers.server_process import ServerProcess

STEPS = ["module", "module", "name", "TCP", "TLS", "HTTP", "version", "session"]


def looked_at(*arguments: str, **environment: str) -> tuple[int, list[str]]:
    """The exit code, and the lines of the steps."""
    ended = command("doctor", *arguments, **UTF_8, **environment)
    assert ended.errors == ""
    *lines, last = ended.output.splitlines()
    assert last.startswith("If it still fails, look for WARNING and ERROR in the editor's log")
    return ended.code, lines


def test_every_step_of_a_connection_that_works_has_a_tick(server: ServerProcess, session_id: str) -> None:
    code, lines = looked_at(server.url, "--session", session_id, "--user", "ann")
    assert code == 0
    assert [re.sub(r"✓ (\w+): .*", r"\1", line) for line in lines] == STEPS
    assert lines[-1] == f"✓ session: You can join session '{session_id}' as 'ann', and may do everything."


def test_the_invite_is_used_and_never_shown(tmp_path: Path) -> None:
    """Its token becomes this device's, as in any command; so the check doesn't use up the invite."""
    home = {"XDG_DATA_HOME": str(tmp_path / "mine"), "LOCALAPPDATA": str(tmp_path / "mine")}
    with ServerProcess(tmp_path / "data", "--tls", "--auth", "local") as server:
        link = server.until_says(r"Owner's link: (\S+)")[1]
        token = re.search(r"[#&]t=([^&]+)", link)
        assert token is not None
        for _ in range(2):
            code, lines = looked_at(link, **home)
            assert (code, lines[-1][:9]) == (0, "✓ session"), lines[-1]
            assert "✓ TLS: The connection is encrypted, and the key matches the link." in lines
            assert not any(token[1] in line for line in lines)
        code, lines = looked_at(re.sub("pin=....", "pin=AAAA", link), **home)
        assert (code, "different key" in lines[-1]) == (1, True)
        assert lines[-1].startswith("✗ TLS: The server at ")


@pytest.mark.parametrize(
    ("scheme", "options", "line"),
    [
        ("wss", [], "✗ TLS: .* broke off the handshake; .*"),
        ("ws", ["--tls"], "✗ HTTP: .* requires an encrypted connection; write wss:// instead of ws://. .*"),
        ("wss", ["--tls"], "✗ TLS: The certificate of .* is not trusted here .*"),
    ],
)
def test_the_step_that_fails_says_what_to_do(
    tmp_path: Path, scheme: str, options: list[str], line: str
) -> None:
    with ServerProcess(tmp_path, *options) as server:
        code, lines = looked_at(f"{scheme}://127.0.0.1:{server.port}")
    assert code == 1
    assert re.fullmatch(line, lines[-1]), lines
    assert lines[-1].endswith("The later steps were skipped.")


def test_nothing_listens_or_there_is_no_such_host() -> None:
    code, lines = looked_at("127.0.0.1:1")
    assert (code, lines[-1].split(":")[0]) == (1, "✗ TCP")
    code, lines = looked_at("nowhere.invalid")
    assert (code, lines[-1].split(":")[0]) == (1, "✗ name")


def test_who_is_not_let_in_learns_why(tmp_path: Path) -> None:
    with ServerProcess(tmp_path, "--auth", "local") as server:
        code, lines = looked_at(server.url)
    assert code == 1
    assert lines[-1] == ("✗ session: The server admits only people with an invite; paste an invite link.")


def test_an_address_that_cannot_be_one_is_refused() -> None:
    ended = command("doctor", "ftp://x", **UTF_8)
    assert (ended.code, ended.output) == (1, "")
    assert ended.errors.startswith("optiverse-collab: The server's address begins with ws://")


def test_qt_is_looked_for_without_being_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PyQt6.QtWebSockets", None)
    _, broken = doctor.of_modules()
    assert (broken.ok, "python3-pyqt6.qtwebsockets" in broken.sentence) == (False, True)
    monkeypatch.setattr(doctor, "find_spec", lambda name: None)
    _, absent = doctor.of_modules()
    assert (absent.ok, absent.sentence) == (True, NO_QT)


def test_a_missing_library_is_a_sentence(tmp_path: Path) -> None:
    environment = environment_without("websockets", tmp_path)
    ended = run_python("-S", "-m", "optiverse_collab", "doctor", environment=environment)
    assert (ended.code, ended.output) == (1, "")
    assert ended.errors == (
        "optiverse-collab: The Python module 'websockets' is missing. Install optiverse-collab again.\n"
    )
