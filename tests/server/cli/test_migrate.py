"""The command that copies all sessions to NATS, or back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from optiverse_collab_server.cli.main import main
from optiverse_collab_server.storage import Span, SqliteStore, StoredEntries
from optiverse_collab_server.storage.api import CopiedStore
from tests.helpers.aio import run
from tests.helpers.nats_server import NatsServer, needs_nats
from tests.server.cli.folders import fill_folder


def all_entries(folder: Path) -> list[StoredEntries | None]:
    """The changes of both sessions."""

    async def read() -> list[StoredEntries | None]:
        store: CopiedStore = SqliteStore(folder)
        found = [await store.load_entries(name, Span(0, 2**53)) for name in ("lab", "other")]
        await store.close()
        return found

    return run(read())


@needs_nats
def test_sessions_go_to_nats_and_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    fill_folder(first, lab=["lens", "mirror"], other=["grating"])
    with NatsServer(tmp_path / "nats") as nats:
        options = ("--store", nats.address, "--replicas", "1")
        assert main(["migrate", "to-nats", "--data", str(first), *options]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert [line.partition(",")[0] for line in lines] == [
            "lab: 2 change(s) copied",
            "other: 1 change(s) copied",
        ]
        assert main(["migrate", "to-folder", "--data", str(second), *options, "--json"]) == 0
        copied = json.loads(capsys.readouterr().out)
        assert [(one["session"], one["added"]) for one in copied] == [
            ("lab", 2),
            ("other", 1),
        ]
        assert main(["migrate", "to-nats", "--data", str(second), *options]) == 0
        assert "lab: 0 change(s) copied, up to 2" in capsys.readouterr().out
    assert all_entries(second) == all_entries(first)
    assert all(all_entries(first))


def test_a_store_must_be_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill_folder(tmp_path, lab=["lens"])
    assert main(["migrate", "to-nats", "--data", str(tmp_path)]) == 2
    assert "--store needs addresses like nats://host:4222" in capsys.readouterr().err


def test_there_must_be_something_to_copy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate", "to-nats", "--data", str(tmp_path), "--store", "nats://a"]) == 1
    assert "There is no database in" in capsys.readouterr().err
