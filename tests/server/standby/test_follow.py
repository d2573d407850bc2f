"""A standby reports what is wrong with the other server, and tries again: STAND-2 of docs/protocol.md."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from optiverse_collab.core.access import Role
from optiverse_collab.core.protocol.access import GrantKind
from optiverse_collab.core.server.batches import Batch
from optiverse_collab_server.access.entrance import Entrance
from optiverse_collab_server.cli.standing import pair_for
from optiverse_collab_server.config.settings import Settings
from optiverse_collab_server.quotas import Quotas
from optiverse_collab_server.standby import follow, service
from optiverse_collab_server.standby.follow import Ended, Following, Here, Line, line_to
from optiverse_collab_server.standby.messages import (
    PROTOCOL,
    Access,
    Alive,
    Changes,
    Hello,
    Parted,
    Piece,
    TurnedAway,
    Welcome,
    decode_from_standby,
    encode,
)
from optiverse_collab_server.storage import MemoryStore, SqliteStore
from tests.helpers.aio import run, until
from tests.helpers.grants import grant
from tests.helpers.standby import member, until_stored
from tests.helpers.tls import server_context
from tests.server.cli.folders import edit


@contextlib.asynccontextmanager
async def peer(*messages: Any, stays: bool = False) -> AsyncIterator[str]:
    """A server that answers `hello` with these; returns its address."""

    async def answer(ws: ServerConnection) -> None:
        await ws.recv()
        for message in messages:
            await ws.send(message if isinstance(message, bytes) else encode(message))
        await (ws.wait_closed() if stays else ws.recv())

    async with serve(answer, "127.0.0.1", 0, subprotocols=[Subprotocol(PROTOCOL)]) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"


KEY = b"k" * 32
WRONG = Changes("lab", Batch(0, b"", [b"{}"], []))
MUCH = Piece(b"," * 7_000_000)


@pytest.mark.parametrize(
    ("messages", "why"),
    [
        ([TurnedAway(1, "it has 4 standbys already")], "takes no standby, since it has 4 standbys already"),
        ([Alive()], "it answered Alive"),
        ([b"nonsense"], "its message can't be read: "),
        ([Welcome(1, KEY)], "it closed the connection"),
        ([Welcome(1, KEY), Welcome(1, KEY)], "it sent Welcome, which is not expected here"),
        ([Welcome(1, KEY), WRONG], "There is no copy of session 'lab'"),
        ([Welcome(1, KEY), MUCH], "The start of a session takes more memory than memory-mb allows"),
        ([], "it sent nothing for 0 s"),
    ],
)
def test_it_says_once_why_it_can_not_follow(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    messages: list[Any],
    why: str,
) -> None:
    """STAND-2"""
    monkeypatch.setattr(service, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(follow, "SILENT_SECONDS", 0.1)

    async def main() -> None:
        async with peer(*messages, stays=not messages) as link, member(tmp_path, link):
            await until(lambda: why in caplog.text)
            await asyncio.sleep(0.05)

    run(main())
    says = [text for text in caplog.messages if text.startswith("This standby can't follow")]
    assert len(says) == 1 or messages[0:1] == [Welcome(1, KEY)]


def test_its_own_setting_counts(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """STAND-5: this start takes 6.5 MB; the most is four times `memory-mb`."""

    async def main() -> None:
        store = SqliteStore(tmp_path)
        async with peer(Welcome(1, KEY), Piece(b"," * 100_000)) as link:
            pair = pair_for(Settings(follow=link, memory_mb=1), tmp_path, store, KEY, None)
            assert pair is not None
            async with pair.running():
                await until(lambda: "takes more memory than memory-mb allows" in caplog.text)
        await store.close()

    run(main())


class Scripted(Line):
    """A connection on which these messages come."""

    def __init__(self, *messages: Any) -> None:
        self.welcome, self._messages = Welcome(1, KEY), [*messages]

    async def send(self, message: Any) -> None:
        pass

    async def receive(self) -> Any:
        return self._messages.pop(0)


def test_a_list_of_grants_without_end_is_not_kept(tmp_path: Path) -> None:
    """STAND-5"""
    part = Access([grant("g" * 22, Role.EDITOR, GrantKind.INVITE, "lab")] * 10, [], all=True)

    async def main() -> None:
        book = Entrance.open(tmp_path, trusts_own=False).book
        line, most = Scripted(part, part, part), 2 * len(encode(part))
        with pytest.raises(Ended, match="The list of grants takes more memory than memory-mb allows"):
            await Following(line, MemoryStore(), book, quotas=Quotas(space_bytes=most)).run()
        assert not list(book.grants)
        await book.close()

    run(main())


def test_grants_without_end_are_not_kept(tmp_path: Path) -> None:
    """STAND-5: those that take another's place don't count."""
    again = Access([grant("g" * 22, Role.EDITOR, GrantKind.INVITE, "lab")], [])
    others = [Access([grant(f"{n:022}", Role.EDITOR, GrantKind.INVITE, "lab")], []) for n in range(9)]

    async def main() -> None:
        book = Entrance.open(tmp_path, trusts_own=False).book
        line, most = Scripted(*[again] * 9, *others), 5 * len(encode(again))
        with pytest.raises(Ended, match="The list of grants takes more memory than memory-mb allows"):
            await Following(line, MemoryStore(), book, quotas=Quotas(space_bytes=most)).run()
        assert 3 < len(list(book.grants)) < 9
        await book.close()

    run(main())


def test_it_goes_on_after_a_session_that_it_can_not_follow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """STAND-3"""
    monkeypatch.setattr(follow, "ALIVE_SECONDS", 0.01)

    async def main() -> None:
        async with (
            peer(Welcome(3, KEY), Parted("lab", "it differs"), stays=True) as link,
            member(tmp_path, link) as standby,
        ):
            await until(lambda: "Session lab can't be followed: it differs" in caplog.text)
            assert standby.service.post.standing.term == 3

    run(main())


def test_the_link_names_the_key_of_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """STAND-1, LINK-3: a server with another key gets nothing, above all no token."""
    monkeypatch.setattr(service, "RETRY_SECONDS", 0.01)

    async def main() -> None:
        async def answer(ws: ServerConnection) -> None:
            raise AssertionError("it was reached")

        async with serve(answer, "127.0.0.1", 0, ssl=server_context()) as server:
            port = server.sockets[0].getsockname()[1]
            async with member(tmp_path, f"wss://127.0.0.1:{port}#t={'t' * 22}&pin={'p' * 43}"):
                await until(lambda: "its key is not the one in the link" in caplog.text)

    run(main())


def test_a_fault_of_ours_does_not_end_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """STAND-2"""
    monkeypatch.setattr(service, "RETRY_SECONDS", 0.01)
    line_to = follow.line_to

    def broken(link: str, term: int, here: Here | None) -> Any:
        monkeypatch.setattr(service, "line_to", line_to)
        raise ZeroDivisionError

    async def main() -> None:
        async with member(tmp_path / "first") as first:
            monkeypatch.setattr(service, "line_to", broken)
            async with member(tmp_path / "second", first.url) as second:
                await edit(first, "lab", "a")
                await until_stored(second.store, "lab", 1)

    with caplog.at_level(logging.ERROR):
        run(main())
    assert "Following failed" in caplog.text


@pytest.mark.parametrize(
    ("name", "host", "place"),
    [
        ("localhost", "", "ws://localhost:5"),
        ("127.0.0.1", "", "ws://127.0.0.1:5"),
        ("localhost", "192.0.2.7", "ws://192.0.2.7:5"),
        ("localhost", "127.0.0.1", "ws://127.0.0.1:5"),
    ],
)
def test_it_says_where_it_is(name: str, host: str, place: str) -> None:
    """STAND-9: on the machine of the primary, at the name that participants know."""
    heard: list[Hello] = []

    async def answer(ws: ServerConnection) -> None:
        hello = decode_from_standby(await ws.recv(decode=False))
        assert isinstance(hello, Hello)
        heard.append(hello)
        await ws.send(encode(Welcome(1, KEY)))

    async def main() -> None:
        async with serve(answer, "127.0.0.1", 0, subprotocols=[Subprotocol(PROTOCOL)]) as server:
            port = server.sockets[0].getsockname()[1]
            async with line_to(f"ws://{name}:{port}", 1, Here(host, 5, None, is_encrypted=False)):
                pass

    run(main())
    assert [hello.address for hello in heard] == [place]


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("ws://nobody.invalid:1", "there is no host called nobody.invalid; check the link and the network"),
        (
            "ws://127.0.0.1:1",
            "nothing answers at 127.0.0.1:1; check that a server runs there, and the firewall",
        ),
        ("ws://127.0.0.1:PORT", "127.0.0.1:PORT can't be used: "),
    ],
)
def test_it_says_why_it_reaches_nobody(link: str, why: str) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    async def main() -> None:
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            port = str(server.sockets[0].getsockname()[1])
            with pytest.raises(Ended) as ended:
                async with line_to(link.replace("PORT", port), 1):
                    pass
            assert str(ended.value).startswith(why.replace("PORT", port))

    run(main())
