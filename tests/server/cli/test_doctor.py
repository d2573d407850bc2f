"""The command that looks for problems."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from optiverse_collab_server.cli.main import main
from tests.helpers.aio import run
from tests.helpers.storage import execute
from tests.server.cli.folders import edit, fill_folder, served

SUBJECTS = ["versions", "folder", "disk", "sessions", "clock", "tls", "port", "reach"]


def subjects(output: str) -> list[str]:
    """The subjects that were checked, each once."""
    return list(dict.fromkeys(line[8:].partition(":")[0] for line in output.splitlines()))


def test_all_is_well_before_and_while_a_server_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    assert main(["doctor", "--data", str(data), "--port", "0"]) == 0
    assert not data.exists()
    assert subjects(capsys.readouterr().out) == ["versions", "folder", "disk", "tls", "port", "reach"]

    async def talk() -> None:
        async with served(data) as server:
            await edit(server, "lab", "a")
            options = ["doctor", "--data", str(data), "--port", str(server.port)]
            assert await asyncio.to_thread(main, options) == 0

    run(talk())
    written = capsys.readouterr().out
    assert subjects(written) == SUBJECTS
    assert "says: Ready." in written


def test_programs_read_each_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill_folder(tmp_path, lab=["a", "b"])
    execute(tmp_path, "DELETE FROM log WHERE session=1 AND first=1")
    assert main(["doctor", "--data", str(tmp_path), "--port", "0", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert {finding["subject"]: finding["level"] for finding in found} | {"disk": "ok"} == {
        **dict.fromkeys(SUBJECTS, "ok"),
        "sessions": "fault",
    }


def test_encrypted_server_is_asked_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--data", str(tmp_path), "--host", "0.0.0.0", "--port", "0"]) == 0
    assert "makes a key and a certificate at its first start" in capsys.readouterr().out
    (tmp_path / "no.pem").write_text("no certificate")
    options = ["--cert", str(tmp_path / "no.pem"), "--key", str(tmp_path / "no.pem")]
    assert main(["doctor", "--data", str(tmp_path), "--port", "0", *options]) == 1
    assert "FAULT   tls: The certificate" in capsys.readouterr().out
