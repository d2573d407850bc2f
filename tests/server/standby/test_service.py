"""Two servers, of which one follows the other and takes over: STAND rules of docs/protocol.md."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import msgspec
import pytest

from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.journal import Entry
from optiverse_collab_server import chunking
from optiverse_collab_server.signing import signing_key
from optiverse_collab_server.standby import followers, places, sender, service
from optiverse_collab_server.standby.followers import Mode
from optiverse_collab_server.standby.standing import State, read_standing
from optiverse_collab_server.storage import SqliteStore, Store
from tests.helpers.aio import run, until
from tests.helpers.http_get import get
from tests.helpers.live_server import LiveServer, RawClient
from tests.helpers.standby import Member, content, member, promote, until_stored
from tests.server.cli.folders import edit, fill_folder, put, records


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again soon."""
    monkeypatch.setattr(service, "RETRY_SECONDS", 0.02)
    monkeypatch.setattr(service, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(service, "TELL_SECONDS", 0.02)


async def until_equal(first: Store, second: Store, session: str) -> None:
    """Wait until two stores have the same of a session."""
    while await content(first, session) != await content(second, session):  # noqa: ASYNC110 - no event
        await asyncio.sleep(0.01)


async def refusal(server: LiveServer) -> tuple[int | None, str | None]:
    """How a server closes a connection at once."""
    async with server.asking("ann", "lab") as client:
        return await client.closed()


def test_a_standby_gets_everything_byte_for_byte(tmp_path: Path) -> None:
    """STAND-2, STAND-3: what was there before, what comes later, and new sessions."""
    fill_folder(tmp_path / "first", lab=["a", "b"], old=["c"])

    async def main() -> None:
        async with member(tmp_path / "first") as first:
            async with member(tmp_path / "second", follow=first.url) as second:
                await edit(first, "lab", "d", client_id="later")
                await edit(first, "new", "e")
                for session in ("lab", "old", "new"):
                    await until_equal(first.store, second.store, session)
            await edit(first, "lab", "f", client_id="while away")
            async with member(tmp_path / "second") as second:
                await edit(first, "lab", "g", client_id="when back")
                await until_equal(first.store, second.store, "lab")
                assert second.service.post.key == signing_key(tmp_path / "first")
        assert signing_key(tmp_path / "second") == signing_key(tmp_path / "first")

    run(main())


def test_a_slow_standby_gets_changes_from_storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """STAND-5: nothing waits for it in memory, and each batch has one change."""
    monkeypatch.setattr(sender, "RECENT_BYTES", 0)
    monkeypatch.setattr(places, "BATCH_BYTES", 1)

    async def main() -> None:
        async with member(tmp_path / "first") as first, member(tmp_path / "second", first.url) as second:
            await edit(first, "lab", *"abcdefgh")
            await until_equal(first.store, second.store, "lab")

    run(main())


def test_a_standby_begins_its_own_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """STAND-3, DUR-5: so it opens a long session as fast as the primary."""
    monkeypatch.setattr(chunking, "CHUNK_ENTRIES", 10)

    async def main() -> None:
        async with member(tmp_path / "first") as first, member(tmp_path / "second", first.url) as second:
            await edit(first, "lab", *(f"item {number}" for number in range(40)))
            while (await until_stored(second.store, "lab", 40)).snapshot.clock == 0:  # noqa: ASYNC110 - no event
                await asyncio.sleep(0.01)
        async with member(tmp_path / "second"):
            promote(tmp_path / "second")
        async with member(tmp_path / "second") as second:
            assert len(await records(second, "lab")) == 40

    run(main())


def test_a_standby_serves_once_it_is_promoted(tmp_path: Path) -> None:
    """STAND-4, CLK-6: with the next term, in the same epoch."""

    async def main() -> None:
        async with member(tmp_path / "first") as first:
            await edit(first, "lab", "a", "b")
        async with member(tmp_path / "first") as first, member(tmp_path / "second", first.url) as second:
            await until_equal(first.store, second.store, "lab")
            assert await refusal(second) == (4421, "standby")
            assert (await get(second.port, "/readyz")).status == 503
            promote(tmp_path / "second")
            await until(lambda: second.service.post.standing.refusal is None)
            assert (await get(second.port, "/readyz")).status == 200
            async with second.client("ann", "lab") as ann:
                assert (await ann.sync("new"))["term"] == 2
                assert (await ann.push(1, put("c")))["result"] == "commit"
            assert await records(second, "lab") == {"a", "b", "c"}
            stored = await second.store.load("lab")
            assert stored is not None
            entries = [msgspec.json.decode(entry, type=Entry) for entry in stored.entries]
            assert [entry.term for entry in entries] == [1, 1, 2]

    run(main())


def test_the_former_primary_serves_nobody_any_more(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """STAND-4: it may have been unreachable for a while; nothing that it gets now is acknowledged."""

    async def main() -> None:
        async with member(tmp_path / "first") as first, member(tmp_path / "second", first.url) as second:
            async with first.client("ann", "lab") as ann:
                await ann.sync("a")
                await ann.push(1, put("a"))
                await until_equal(first.store, second.store, "lab")
                promote(tmp_path / "second")
                assert await ann.closed() == (4421, "deposed")
            assert await refusal(first) == (4421, f"deposed {second.url}")  # STAND-11
            assert (await get(first.port, "/readyz")).status == 503
            await until(lambda: second.service.post.standing.other == "")
            assert await records(second, "lab") == {"a"}
        assert read_standing(tmp_path / "first").term == 2
        async with member(tmp_path / "first") as first:
            assert await refusal(first) == (4421, f"deposed {second.url}")  # STAND-11

    with caplog.at_level(logging.INFO):
        run(main())
    assert "Another server has taken over (term 2): this one serves nobody any more" in caplog.messages
    assert "The former primary knows that it was replaced, and serves nobody" in caplog.messages


def test_the_former_primary_can_follow_the_new_one(tmp_path: Path) -> None:
    """STAND-3, STAND-4: if it has nothing that the new one lacks."""

    async def main() -> None:
        async with member(tmp_path / "first") as first, member(tmp_path / "second", first.url) as second:
            await edit(first, "lab", "a")
            await until_equal(first.store, second.store, "lab")
            promote(tmp_path / "second")
            await until(lambda: second.service.post.standing.other == "")
        async with member(tmp_path / "second") as second, member(tmp_path / "first", second.url) as first:
            await edit(second, "lab", "b", client_id="b")
            await until_equal(first.store, second.store, "lab")
            assert read_standing(tmp_path / "first").state is State.STANDBY

    run(main())


def test_a_copy_that_is_no_start_is_left_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """STAND-3: the other sessions are followed."""
    fill_folder(tmp_path / "first", lab=["a", "b"], other=["c"])
    fill_folder(tmp_path / "second", lab=["x"])

    async def main() -> None:
        async with member(tmp_path / "first") as first, member(tmp_path / "second", first.url) as second:
            before = await content(second.store, "lab")
            await until_equal(first.store, second.store, "other")
            await edit(first, "lab", "d", client_id="later")
            await edit(first, "other", "e", client_id="later")
            await until_equal(first.store, second.store, "other")
            assert await content(second.store, "lab") == before

    run(main())
    assert caplog.text.count("is not a start of the session on the server") == 2


def test_a_standby_of_a_standby_is_turned_away(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """STAND-2"""

    async def main() -> None:
        async with (
            member(tmp_path / "first") as first,
            member(tmp_path / "second", first.url) as second,
            member(tmp_path / "third", second.url),
        ):
            await until(lambda: "takes no standby, since it is a standby itself" in caplog.text)

    run(main())


async def push(client: RawClient) -> None:
    """Push a change without waiting for the answer."""
    await client.send({"type": "push", "changes": [{"client_clock": 1, "ops": [put("a")]}]})


def test_changes_wait_for_the_disk_of_the_standby(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """STAND-6, DUR-6: people get a message meanwhile."""
    monkeypatch.setattr("optiverse_collab_server.unstored.STORE_SECONDS", 0.05)

    async def main() -> None:
        async with (
            member(tmp_path / "first", mode=Mode.ALWAYS) as first,
            first.client("ann", "lab") as ann,
        ):
            await ann.sync("a")
            await push(ann)
            assert (await ann.receive("wait", "patch"))["reason"] == "storage"
            async with member(tmp_path / "second", first.url) as second:
                assert (await ann.receive("patch"))["acks"][0]["result"] == "commit"
                assert await content(second.store, "lab") == await content(first.store, "lab")

    run(main())


def test_a_session_opens_when_the_standby_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """STAND-6: what a crash left on one disk alone is shown to nobody."""
    monkeypatch.setattr("optiverse_collab_server.standby.store.LOAD_SECONDS", 0.05)
    fill_folder(tmp_path / "first", lab=["a"])

    async def main() -> None:
        async with member(tmp_path / "first", mode=Mode.ALWAYS) as first:
            assert await refusal(first) == (1011, CloseReason.SESSION_FAILED.word)
            async with member(tmp_path / "second", first.url) as second:
                await until_equal(first.store, second.store, "lab")
                await until(lambda: not first.service.followers.lag)
                assert await records(first, "lab") == {"a"}

    run(main())


def test_a_session_without_changes_can_be_opened(tmp_path: Path) -> None:
    """STAND-6: the server crashed before it stored the first one; the standby confirms the start, too."""

    async def main() -> None:
        store = SqliteStore(tmp_path / "first")
        await store.begin_chunk("lab", History.empty("e"))
        pair = member(tmp_path / "first", mode=Mode.ALWAYS, store=store)
        async with pair as first, member(tmp_path / "second", first.url) as second:
            await edit(first, "lab", "a")
            await until_equal(first.store, second.store, "lab")

    run(main())


def test_a_preferred_standby_is_waited_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """STAND-6, STAND-8: then the server goes on alone, until a standby has everything again."""
    monkeypatch.setattr(followers, "PREFER_SECONDS", 0.1)

    async def lag(server: Member) -> bool:
        text = (await get(server.port, "/metrics")).body
        return "standby_alone 1.0" in text

    async def main() -> None:
        async with member(tmp_path / "first", mode=Mode.PREFER) as first:
            await edit(first, "lab", "a", "b")
            assert first.service.followers.is_alone
            assert await lag(first)
            assert first.service.followers.lag == 2
            async with first.client("ann", "lab") as ann:
                await ann.send({"type": "ping"})
                assert (await ann.receive("pong"))["alone"]  # STAND-8
            assert first.service.followers.lag_seconds > 0
            async with member(tmp_path / "second", first.url):
                await until(lambda: not first.service.followers.is_alone)
                assert not await lag(first)
                assert first.service.followers.lag_seconds == 0

    with caplog.at_level(logging.INFO):
        run(main())
    assert caplog.text.count("changes are saved on this server alone") == 1
    assert "A standby has everything again; changes are saved on both servers" in caplog.messages


def test_participants_learn_where_the_standby_is(tmp_path: Path) -> None:
    """STAND-9: once it has everything, until it is gone."""
    fill_folder(tmp_path / "first", lab=["a"], old=["b"])

    async def main() -> None:
        async with member(tmp_path / "first") as first, first.client("ann", "lab") as ann:

            async def told() -> str:
                await ann.send({"type": "ping"})
                return str((await ann.receive("pong")).get("also", ""))

            assert await told() == ""
            async with member(tmp_path / "second", first.url) as second:
                while not (address := await told()):  # noqa: ASYNC110 - no event
                    await asyncio.sleep(0.01)
                assert address == second.url
                await until_equal(first.store, second.store, "old")
            while await told():  # noqa: ASYNC110 - no event
                await asyncio.sleep(0.01)

    run(main())
