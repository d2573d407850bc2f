"""A store around another one passes everything on."""

from __future__ import annotations

from optiverse_collab_server.storage import MemoryStore, Span
from optiverse_collab_server.storage.around import StoreAround
from tests.helpers.aio import run
from tests.helpers.storage import content, content_of, entries, names, snapshot


def test_what_goes_through_it_is_in_the_other_one() -> None:
    async def main() -> None:
        inner = MemoryStore()
        around = StoreAround(inner)
        size = await around.begin_chunk("bench", snapshot(3, records=4))
        await around.append("bench", entries(4, 5), names())
        expected = content(snapshot(3, records=4), entries(4, 5), names())
        assert await content_of(inner, "bench") == await content_of(around, "bench") == expected
        assert size > 0
        assert await around.size("bench") == await inner.size("bench")
        assert await around.sessions() == ["bench"]
        assert await around.load_at("bench", 4) == await inner.load_at("bench", 4) is not None
        assert await around.load_entries("bench", Span(3, 5)) == await inner.load_entries("bench", Span(3, 5))
        await around.release("bench")
        assert (await around.elsewhere("bench"), around.has_lost("bench")) == ("", False)
        await around.close()
        assert inner._closed

    run(main())
