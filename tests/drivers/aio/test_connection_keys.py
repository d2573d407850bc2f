"""LINK-3: a script talks only to the key that its link names."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.drivers.aio.connection import open_websocket
from optiverse_collab.drivers.aio.failures import ConnectionEnded
from optiverse_collab.errors import ConnectionFailed
from optiverse_collab.scripting import connect
from tests.drivers.keys import AUTHORITY, CASES, TOKEN, Case
from tests.helpers.aio import run
from tests.helpers.listener import listening
from tests.helpers.scripted_server import scripted_server
from tests.helpers.server_acts import welcome
from tests.helpers.server_process import ServerProcess


@pytest.fixture(autouse=True)
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust the authority of the table."""
    file = tmp_path / "authorities.pem"
    file.write_bytes(AUTHORITY.certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_key_is_the_one_that_the_link_names(tmp_path: Path, case: Case) -> None:
    shown = case.make(tmp_path)

    async def main(place: str) -> None:
        async with connect(f"wss://{place}/ws/default#t={TOKEN}&pin={shown.pin}") as bench:
            assert bench.me is not None

    with scripted_server(welcome(), tls=shown.context) as server:
        if case.is_right:
            run(main(server.place))
            assert server.accepted == 1
        else:
            with pytest.raises(ConnectionFailed, match=r"has a different key from .* nothing was sent to it"):
                run(main(server.place))
            assert server.accepted == 0  # the server received neither the token nor anything else


def test_without_a_pin_the_authorities_decide(tmp_path: Path) -> None:
    """This makes the table meaningful: without a pin, the refused servers would be accepted."""
    [signed] = [case for case in CASES if case.name == "the key, signed by an authority"]
    [own] = [case for case in CASES if case.name == "the key that the link names"]

    async def enter(place: str) -> None:
        async with connect(f"wss://{place}"):
            pass

    with scripted_server(welcome(), tls=signed.make(tmp_path).context) as server:
        run(enter(server.place))
    with (
        scripted_server(welcome(), tls=own.make(tmp_path).context) as server,
        pytest.raises(
            ConnectionFailed, match=r"is not trusted here .*; ask whoever runs it for a link with its key"
        ),
    ):
        run(enter(server.place))


def test_a_man_in_the_middle_hears_nothing(tmp_path: Path) -> None:
    """LINK-3: the system trusts his certificate, and he would pass on all traffic."""
    [forged] = [case for case in CASES if case.name == "another key, signed by a trusted authority"]

    async def main(heard: list[bytes], link: str, between: int) -> None:
        async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heard.append(await reader.read(2**16))

        async with listening(listen, forged.make(tmp_path).context) as port:
            async with connect(link.format(between)):
                pass
            with pytest.raises(ConnectionFailed, match="has a different key"):
                async with connect(link.format(port)):
                    pass

    heard: list[bytes] = []
    with ServerProcess(tmp_path / "data", "--tls") as server:
        run(main(heard, f"wss://127.0.0.1:{{}}/ws/default#t={TOKEN}&pin={server.pin}", server.port))
    assert b"".join(heard) == b""


def test_a_server_without_tls_hears_no_token(tmp_path: Path) -> None:
    with scripted_server(welcome()) as server:

        async def main() -> None:
            await open_websocket(f"wss://{server.place}/ws/default/ann", TOKEN, "x" * 43)

        with pytest.raises(ConnectionEnded) as ended:
            run(main())
        assert ended.value.failure in (Failure(FailureKind.NO_TLS), Failure(FailureKind.BROKEN_OFF))
        assert server.accepted == 0
