"""The command line: which command runs, with which settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from optiverse_collab_server.cli import check, serve
from optiverse_collab_server.cli.main import main
from optiverse_collab_server.config.settings import Settings


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Settings]]:
    """Record which commands would run, and run none of them."""
    asked: list[tuple[str, Settings]] = []

    def note(name: str) -> Callable[[Settings, object], int]:
        def run(settings: Settings, options: object) -> int:
            asked.append((name, settings))
            return 0

        return run

    monkeypatch.setattr(serve, "run", note("serve"))
    monkeypatch.setattr(check, "run", note("check"))
    return asked


@pytest.mark.parametrize(
    ("arguments", "command", "settings"),
    [
        ("", "serve", Settings()),
        ("serve", "serve", Settings()),
        ("--port 0", "serve", Settings(port=0)),
        ("serve --port 0", "serve", Settings(port=0)),
        ("--host :: --port 1 serve --port 2", "serve", Settings(host="::", port=2)),
        ("--keep-days 3 --keep-mb 4", "serve", Settings(keep_days=3, keep_mb=4)),
        ("--debug", "serve", Settings(debug=True)),
        ("--log-format json", "serve", Settings(log_format="json")),
        ("--debug serve --no-debug", "serve", Settings()),
        ("check --data D", "check", Settings(data=Path("D"))),
        ("--data D check", "check", Settings(data=Path("D"))),
    ],
)
def test_options_go_before_a_command_or_after_it(
    arguments: str, command: str, settings: Settings, ran: list[tuple[str, Settings]]
) -> None:
    assert main(arguments.split()) == 0
    assert ran == [(command, settings)]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("--port=-1", "argument --port: '-1' is not a port; give a number from 0 to 65535"),
        ("--keep-mb=1.5", "argument --keep-mb: '1.5' is not a number; give 0 or more"),
        ("check --host ::", "unrecognized arguments: --host ::"),
        ("restart", "invalid choice: 'restart'"),
    ],
)
def test_wrong_arguments_are_a_usage_error(
    arguments: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments.split())
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err


def test_help_names_commands_and_settings(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    help = capsys.readouterr().out
    assert "serve sessions; the same as no command" in help
    assert "port to listen on (default: 8765)" in help
