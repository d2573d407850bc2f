"""The command, as users run it: wrong arguments, and the exit code of each outcome."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

from optiverse_collab.cli.main import main
from optiverse_collab.scripting import Bench
from tests.helpers.cli import SMALL, command, succeed
from tests.helpers.processes import python
from tests.helpers.server_process import ServerProcess


def test_the_version_is_that_of_the_distribution() -> None:
    assert succeed("--version") == f"optiverse-collab {version('optiverse-collab')}\n"


def test_no_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([])
    assert "COMMAND" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["pusch"], ["push"], ["push", SMALL, "--force"], ["who", "default"]])
def test_wrong_arguments_are_a_usage_error(arguments: list[str]) -> None:
    ended = command(*arguments)
    assert (ended.code, ended.output) == (2, "")
    assert ended.errors.startswith("usage: optiverse-collab")


def test_help_of_a_command_says_how_to_call_it() -> None:
    assert succeed("restore", "--help").startswith("usage: optiverse-collab restore [-h] ")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break differently there")
@pytest.mark.parametrize("arguments", [["pull", "-"], ["who"]])
def test_nobody_reads_the_output(server: ServerProcess, session_id: str, arguments: list[str]) -> None:
    with Bench(server.url, session_id) as bench:
        bench.import_file(SMALL)
    there = ["--server", server.url, "--session", session_id]
    with python("-m", "optiverse_collab", *arguments, *there, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == "optiverse-collab: Nobody reads the output any more.\n"
        assert process.wait() == 1
