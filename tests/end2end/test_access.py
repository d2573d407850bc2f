"""A server process with TLS and invites, and scripts that join with links, with different rights."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from optiverse_collab.core.protocol.address import Address, invite_link, parse_address
from optiverse_collab.errors import ChangeRefused, ConnectionFailed
from optiverse_collab.scripting import connect
from tests.helpers.aio import run, until
from tests.helpers.grants import device_of, grants_of, invite, set_grant
from tests.helpers.knocks import answer, heard, knock_link
from tests.helpers.live_server import LiveServer, RawClient
from tests.helpers.server_process import ServerProcess

pytestmark = pytest.mark.also_on_nats

REMOVED = "An owner has removed you from this session"


class Hosted:
    """A server and its owner, in the session ``lab``.

    Attributes:
        owner: the owner's connection.
    """

    def __init__(self, owner: RawClient, address: Address) -> None:
        self.owner = owner
        self._address = address

    def link(self, token: str | None = None, pin: str | None = None) -> str:
        """A link to the session."""
        return invite_link(self._address.server, "lab", token, pin or self._address.pin)


async def come_in(link: str) -> None:
    """Join, and leave again."""
    async with connect(link, user="Gil") as bench:
        assert bench.me is not None


@asynccontextmanager
async def hosted(server: ServerProcess, data: Path) -> AsyncIterator[Hosted]:
    """The owner joins with the link that the server wrote to a file."""
    await asyncio.to_thread(server.until_says, "The owner's link is in")
    address = parse_address((data / "owner-link").read_text("utf-8"))
    async with LiveServer(server.port, True).client("Olga", "lab", token=address.token) as owner:
        yield Hosted(owner, address)


async def edit_until_removed(lab: Hosted, device: str) -> None:
    """Rejoin without an invite, and be removed by the owner."""
    async with connect(lab.link(), user="Gil") as bench:
        assert bench["lens"]["name"] == "Lens 1"
        await set_grant(lab.owner, device, role="none")
        while True:
            bench.set("lens", {"name": "Lens 2"})
            await bench.flush()
            await asyncio.sleep(0.01)


@pytest.fixture
def guarded(tmp_path: Path) -> ServerProcess:
    return ServerProcess(tmp_path / "data", "--tls", "--auth", "local")


def test_a_guest_is_let_in_promoted_and_removed(guarded: ServerProcess, tmp_path: Path) -> None:
    """ACC-1, ACC-6, ACC-9, RIGHT-1, RIGHT-4: and rejoins without the invite in between."""

    async def main() -> None:
        async with hosted(guarded, tmp_path / "data") as lab:
            owner = lab.owner
            token = await invite(owner, "viewer", uses=1)
            async with connect(lab.link(token), user="Gil") as bench:
                with pytest.raises(ChangeRefused, match="only view"):
                    bench.put("lens", "component", {"name": "Lens 1"})
                device = await device_of(owner, "Gil")
                await set_grant(owner, device, role="editor")
                await until(lambda: bench.me is not None and bench.me.role == "editor")
                bench.put("lens", "component", {"name": "Lens 1"})
            with pytest.raises(ConnectionFailed, match=REMOVED):
                await edit_until_removed(lab, device)
            with pytest.raises(ConnectionFailed, match=REMOVED):
                await come_in(lab.link())
            await owner.send({"type": "sync:request", "client_id": "olga"})
            [lens] = (await owner.receive("sync:full_state"))["records"]
            assert lens["props"]["name"] == "Lens 1"

    with guarded:
        run(main())


def test_a_guest_knocks_and_comes_back_without(guarded: ServerProcess, tmp_path: Path) -> None:
    """ACC-12, ACC-14, CONN-1: a script over TLS, which waits for an owner until its own timeout."""

    async def main() -> None:
        async with hosted(guarded, tmp_path / "data") as lab:
            token = await knock_link(lab.owner, label="students")
            with pytest.raises(ConnectionFailed, match=r"No owner of the session let you in within 0\.5 s"):
                async with connect(lab.link(token), user="Gil", timeout_s=0.5):
                    pass
            coming = asyncio.create_task(come_in(lab.link(token)))
            await lab.owner.receive("access:knock_over")
            knock = await heard(lab.owner)
            assert knock["script"]
            assert (await answer(lab.owner, knock, admitted=True))["grants"][0]["label"] == "Gil"
            await coming
            await come_in(lab.link())
            coming = asyncio.create_task(come_in(lab.link(await knock_link(lab.owner))))
            await answer(lab.owner, await heard(lab.owner), admitted=False)
            with pytest.raises(ConnectionFailed, match="An owner did not let you in for now"):
                await coming

    with guarded:
        run(main())


def test_nobody_comes_in_by_a_link_that_is_used_up_or_revoked(guarded: ServerProcess, tmp_path: Path) -> None:
    """ACC-6, ACC-9: nor without an invite."""

    async def main() -> None:
        async with hosted(guarded, tmp_path / "data") as lab:
            used, revoked = await invite(lab.owner, "editor", uses=1), await invite(lab.owner, "editor")
            id = (await grants_of(lab.owner))[-1]["id"]
            await set_grant(lab.owner, id, role="none")
            async with LiveServer(guarded.port, True).client("Ann", "lab", token=used):
                for link in (lab.link(), lab.link(used), lab.link(revoked)):
                    with pytest.raises(ConnectionFailed, match="link"):
                        await come_in(link)
            labels = [one["label"] for one in await grants_of(lab.owner) if one["kind"] == "device"]
            assert labels == ["Olga", "Ann"]

    with guarded:
        run(main())


def test_a_link_with_another_key_reaches_nobody(guarded: ServerProcess, tmp_path: Path) -> None:
    """LINK-1: and its invite is not used."""

    async def main() -> None:
        async with hosted(guarded, tmp_path / "data") as lab:
            token = await invite(lab.owner, "editor", uses=1)
            with pytest.raises(ConnectionFailed, match="key"):
                await come_in(lab.link(token, pin="x" * 43))
            await come_in(lab.link(token))

    with guarded:
        run(main())
