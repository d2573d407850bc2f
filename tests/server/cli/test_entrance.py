"""When a server requires a token, and the link of its owner: ACC-9 of docs/protocol.md."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from pathlib import Path

import pytest

from optiverse_collab.core.protocol.address import parse_address
from optiverse_collab_server.cli.entrance import access_for, link_to
from optiverse_collab_server.cli.stores import store_for
from optiverse_collab_server.config.settings import Settings
from optiverse_collab_server.signing import signing_key
from optiverse_collab_server.storage import MemoryStore
from optiverse_collab_server.tls import Identity
from tests.helpers import aio
from tests.helpers.nats_server import NatsServer, needs_nats

TOKEN, PIN = "t" * 22, "p" * 43


@pytest.mark.parametrize(
    ("auth", "host", "trusts_own"),
    [
        ("token", "127.0.0.1", True),
        ("token", "localhost", True),
        ("token", "0.0.0.0", False),
        ("token", "optics.example.org", False),
        ("token", "", False),
        ("local", "127.0.0.1", False),
        ("none", "0.0.0.0", None),
    ],
)
def test_who_is_asked(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, auth: str, host: str, trusts_own: bool | None
) -> None:
    """ACC-9: a server that requires no token warns at each start."""

    async def main() -> None:
        entrance, key = await access_for(Settings(auth=auth, host=host), tmp_path, MemoryStore())
        assert key == signing_key(tmp_path)
        assert (None if entrance is None else entrance.trusts_own) == trusts_own
        if entrance is not None:
            await entrance.book.close()

    with caplog.at_level(logging.WARNING):
        asyncio.run(main())
    assert ("Nobody needs an invite" in caplog.text) == (auth == "none")


@needs_nats
def test_servers_that_share_a_store_share_access_and_key(tmp_path: Path) -> None:
    """OWN-11, OWN-12: also if one of them asks nobody for an invite."""

    async def scenario(nats: NatsServer) -> None:
        keys = set()
        for name, auth in (("a", "local"), ("b", "none"), ("c", "token")):
            settings = Settings(store=nats.address, replicas=1, node=name, auth=auth)
            store, _ = await store_for(settings, tmp_path / name)
            entrance, key = await access_for(settings, tmp_path / name, store)
            keys |= {key, signing_key(tmp_path / name)}
            assert (entrance is None) == (auth == "none")
            if entrance is not None:
                await entrance.book.close()
            await store.close()
        assert len(keys) == 1

    with NatsServer(tmp_path / "nats") as nats:
        aio.run(scenario(nats))


@pytest.mark.parametrize(
    ("host", "server"),
    [
        ("192.0.2.1", "ws://192.0.2.1:8765"),
        ("2001:db8::1", "ws://[2001:db8::1]:8765"),
        ("optics.example.org", "ws://optics.example.org:8765"),
        ("0.0.0.0", "ws://this-machine:8765"),
        ("::", "ws://this-machine:8765"),
    ],
)
def test_link_names_what_others_reach(monkeypatch: pytest.MonkeyPatch, host: str, server: str) -> None:
    """LINK-1"""
    monkeypatch.setattr(socket, "gethostname", lambda: "this-machine")
    address = parse_address(link_to(Settings(host=host), 8765, None, TOKEN))
    assert (address.server, address.session, address.token) == (server, "default", TOKEN)


@pytest.mark.parametrize("pin", [PIN, None])
def test_link_of_an_encrypted_server_has_its_pin(pin: str | None) -> None:
    """LINK-1: unless an authority signed the certificate."""
    identity = Identity(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), pin)
    address = parse_address(link_to(Settings(host="192.0.2.1"), 9000, identity, TOKEN))
    assert (address.server, address.pin) == ("wss://192.0.2.1:9000", pin)
