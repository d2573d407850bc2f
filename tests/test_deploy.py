"""The server accepts the examples in deploy/, and the commands in the pages about the server."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from optiverse_collab_server.cli.main import _parser
from optiverse_collab_server.config.file import ConfigFile
from optiverse_collab_server.config.settings import TABLE
from optiverse_collab_server.config.sources import FILE_VARIABLE, variable

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
PAGES = [
    "README.md",
    "docs/lab-server.md",
    "docs/operations.md",
    "docs/several-servers.md",
    "server/README.md",
]
COMMAND = re.compile(r"optiverse-collab-server(?:\.exe)?((?: +(?!\|)[^\s`]+)*)")


def commands(text: str) -> list[list[str]]:
    """The arguments of each command line for the server; pins are left out in pages."""
    text = text.replace("pin=…", "pin=" + "A" * 43)
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()] + re.findall(r"`([^`\n]+)`", text)
    found = [COMMAND.search(line) for line in lines if not line.startswith(("ln ", "podman ", "cp "))]
    return [shlex.split(match[1]) for match in found if match]


def test_settings_are_settings_also_those_in_comments(tmp_path: Path) -> None:
    text = (DEPLOY / "server.toml").read_text("utf-8")
    file = tmp_path / "server.toml"
    problems: list[str] = []
    file.write_text(text)
    assert ConfigFile(file).read(problems.append) == {"host": "0.0.0.0", "port": 8765}
    lines = re.findall(r"^# ([a-z-]+ = .+)$", text, re.MULTILINE)
    assert len(lines) >= 6
    for line in lines:
        file.write_text(line)
        assert ConfigFile(file).read(problems.append)
    assert problems == []


@pytest.mark.parametrize("path", sorted((DEPLOY / "systemd").glob("*.service")), ids=lambda path: path.name)
def test_units_start_commands_that_there_are(path: Path) -> None:
    text = re.sub(r"\$\([^)]*\)", "NOW", path.read_text("utf-8"))
    started = [COMMAND.search(line) for line in text.splitlines() if line.startswith("ExecStart=")]
    arguments = [shlex.split(match[1].rstrip("'")) for match in started if match]
    assert arguments
    for one in arguments:
        assert _parser().parse_args(one).run


@pytest.mark.parametrize("path", sorted(path for path in DEPLOY.rglob("*") if path.is_file()))
def test_variables_are_settings(path: Path) -> None:
    known = {*map(variable, TABLE), FILE_VARIABLE}
    assert set(re.findall(r"OPTIVERSE_COLLAB_[A-Z_]+", path.read_text("utf-8"))) <= known


@pytest.mark.parametrize("page", PAGES)
def test_commands_in_the_pages_are_taken(page: str) -> None:
    found = commands((ROOT / page).read_text("utf-8"))
    assert found
    for arguments in found:
        assert _parser().parse_args(arguments).run, arguments


def test_a_command_that_is_not_taken_is_noticed() -> None:
    text = "Run `optiverse-collab-server doctor --json`:\n```\noptiverse-collab-server restor X\n```\n"
    assert commands(text) == [["restor", "X"], ["doctor", "--json"]]
    with pytest.raises(SystemExit):
        _parser().parse_args(["restor", "X"])


def test_files_that_the_page_names_are_there() -> None:
    page = (ROOT / "docs" / "lab-server.md").read_text("utf-8")
    named = re.findall(r"\]\(\.\./(deploy/[^)]+)\)|\b(systemd/[\w.-]+\.(?:service|timer))", page)
    paths = {one or f"deploy/{other}" for one, other in named}
    assert len(paths) >= 6
    for path in paths:
        assert (ROOT / path).is_file(), path
