"""The change log of a session, over real sockets: HIST-6 and HIST-7 of docs/protocol.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from optiverse_collab.core.limits import Limits
from optiverse_collab_server import past
from optiverse_collab_server.chunking import OpenChunk
from optiverse_collab_server.storage import MemoryStore, Span, SqliteStore, Store, StoredEntries
from tests.helpers.aio import run
from tests.helpers.gated_store import GatedStore
from tests.helpers.live_server import RawClient, live_server


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests may follow each other at once."""
    monkeypatch.setattr(past, "EVERY_MS", 0)


def put(id: str, **props: Any) -> dict[str, Any]:
    """A put operation as JSON."""
    return {"op": "put", "id": id, "kind": "component", "props": props}


async def changes_of(client: RawClient, **span: Any) -> list[dict[str, Any]]:
    """The pages that answer a request for changes, or its refusal."""
    await client.send({"type": "entries:request", "request": 1, **span})
    pages = [await client.receive("entries:page", "past:refused", "error")]
    while pages[-1]["type"] == "entries:page" and not pages[-1].get("done"):
        pages.append(await client.receive("entries:page"))
    if pages[0].get("reason") == "busy":  # the server has sent the last answer, but is not quite done
        return await changes_of(client, **span)
    return pages


def entries_in(pages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The changes in an answer."""
    return [entry for page in pages for entry in page.get("entries", [])]


def clocks_in(pages: list[dict[str, Any]]) -> list[int]:
    """The clocks of the changes in an answer."""
    return [entry["clock"] for entry in entries_in(pages)]


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_every_change_of_a_session_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """HIST-6, HIST-7: over several chunks, with author and time."""
    monkeypatch.setattr(OpenChunk, "is_full", lambda chunk, records: chunk._entries >= 4)

    async def main() -> None:
        store: Store = MemoryStore() if kind == "memory" else SqliteStore(tmp_path)
        async with live_server(store) as server, server.client("ann") as ann:
            await ann.sync("1")
            for number in range(1, 11):
                await ann.push(number, put(f"r{number}", number=number))
            pages = await changes_of(ann)
            assert clocks_in(pages) == [*range(1, 11)]
            entries = entries_in(pages)
            assert [entry["ops"] for entry in entries] == [[put(f"r{n}", number=n)] for n in range(1, 11)]
            assert {entry["author"] for entry in entries} == {"ann"}
            assert clocks_in(await changes_of(ann, after=3, until=6)) == [4, 5, 6]
            await check_times(ann, [entry["time_ms"] for entry in entries])

    async def check_times(ann: RawClient, times: list[int]) -> None:
        pages = await changes_of(ann, since_ms=times[-1])
        assert clocks_in(pages) == [clock for clock, time in enumerate(times, 1) if time == times[-1]]
        assert pages[0]["after"] == times.index(times[-1])
        for since_ms, found in ((times[-1] + 1, 0), (2**70, 0), (-(2**70), 10)):
            assert len(clocks_in(await changes_of(ann, since_ms=since_ms))) == found

    run(main())


def test_more_changes_than_one_answer_has_are_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """HIST-7, LIM-16"""
    monkeypatch.setattr(past, "ENTRIES_BYTES", 8_000)

    async def main() -> None:
        async with live_server(limits=Limits(page_bytes=800)) as server, server.client("ann") as ann:
            await ann.sync("1")
            for number in range(1, 21):
                await ann.push(number, put("a", text=f"{number:02}" * 100))
            found: list[int] = []
            answers = 0
            while len(found) < 20:
                pages = await changes_of(ann, after=len(found))
                assert all(page["after"] == len(found) for page in pages)
                found += clocks_in(pages)
                answers += 1
            assert found == [*range(1, 21)]
            assert 1 < answers < 20
            assert len(pages) > 1

    run(main())


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"after": -1}, "no_such_clock"),
        ({"after": 2}, "no_such_clock"),
        ({"after": 1, "until": 0}, "no_such_clock"),
        ({"until": 2**70}, "no_such_clock"),
        ({"after": "1"}, "invalid_message"),
        ({"since_ms": 1.5}, "invalid_message"),
        ({"request": -1}, "invalid_message"),
    ],
)
def test_bad_spans_are_refused_and_nobody_is_hurt(fields: dict[str, Any], expected: str) -> None:
    """HIST-3, HIST-6, LIM-5"""

    async def main() -> None:
        async with live_server() as server, server.client("ann") as ann:
            await ann.sync("1")
            await ann.push(1, put("a"))
            [refusal] = await changes_of(ann, **fields)
            assert refusal["reason"] == expected
            assert clocks_in(await changes_of(ann)) == [1]

    run(main())


class ForgetfulStore(GatedStore):
    """A store that has lost all history."""

    async def load_entries(self, session_id: str, span: Span) -> StoredEntries | None:
        """Return nothing."""
        return None


def test_who_asks_too_early_or_for_what_is_lost_is_told_so() -> None:
    """HIST-3, HIST-6"""

    async def main() -> None:
        async with live_server(ForgetfulStore()) as server, server.client("ann") as ann:
            assert (await changes_of(ann))[0]["reason"] == "not_synced"
            await ann.sync("1")
            assert clocks_in(await changes_of(ann)) == []
            await ann.push(1, put("a"))
            assert (await changes_of(ann))[0]["reason"] == "not_kept"

    run(main())
