"""Where a server keeps its sessions."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from optiverse_collab.errors import SettingsError, StorageError
from optiverse_collab_server.cli.stores import store_for
from optiverse_collab_server.cluster.store import JournaledStore
from optiverse_collab_server.config.settings import Settings
from optiverse_collab_server.storage import Retention, SqliteStore
from tests.helpers import aio
from tests.helpers.nats_server import NatsServer, needs_nats


def test_sessions_are_in_the_data_folder(tmp_path: Path) -> None:
    async def scenario() -> None:
        store, place = await store_for(Settings(), tmp_path)
        assert isinstance(store, SqliteStore)
        assert place == str(tmp_path)
        await store.close()

    aio.run(scenario())


@needs_nats
def test_sessions_are_in_nats(tmp_path: Path) -> None:
    """The folder is made for the rest, and no password is shown."""

    async def scenario(nats: NatsServer) -> None:
        address = nats.address.replace("//", "//ann:secret@")
        settings = Settings(store=f"{address}, nats://127.0.0.1", replicas=1, keep_days=3, keep_mb=4)
        store, place = await store_for(settings, tmp_path / "data")
        assert place == f"NATS at {nats.address.removeprefix('nats://')}, 127.0.0.1:4222"
        assert (tmp_path / "data").is_dir()
        assert isinstance(store, JournaledStore)
        kept = store._store._owned._retention, store._journal.store._database.housekeeper._retention
        assert kept == (Retention(3, 4_000_000),) * 2  # the journal follows (OWN-13)
        await store.close()

    with NatsServer(tmp_path / "nats") as nats:
        aio.run(scenario(nats))


@pytest.mark.parametrize(
    "address", ["", "host:4222", "http://host", "nats://", "nats://a,", "nats://[", "nats://a:x"]
)
def test_an_address_that_is_none_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="addresses like nats://host:4222"):
        aio.run(store_for(Settings(store=address), tmp_path))


def test_without_the_library_a_sentence_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optiverse_collab_server.storage.jetstream.store", None)
    with pytest.raises(StorageError, match="needs nats-py; run pip install"):
        aio.run(store_for(Settings(store="nats://a"), tmp_path))


@pytest.mark.parametrize("node", ["", "node a", "Knöten", "x" * 101])
def test_a_name_that_a_header_cannot_carry_is_refused(node: str, tmp_path: Path) -> None:
    """OWN-7"""
    with pytest.raises(SettingsError, match="use up to 100 ASCII characters"):
        aio.run(store_for(Settings(store="nats://a", node=node or " "), tmp_path))
