"""The versions of a session, for scripts (HIST-10, HIST-11)."""

from __future__ import annotations

import pytest

from optiverse_collab.core.access import Role
from optiverse_collab.core.client.effects import MetaChanged, ShowChange
from optiverse_collab.core.records import Put, Record
from optiverse_collab.errors import ChangeRefused, CollaborationError
from optiverse_collab.scripting import Bench, connect
from tests.helpers.aio import run
from tests.helpers.live_server import live_server
from tests.helpers.server_process import ServerProcess


def test_a_version_has_all_edits_made_so_far() -> None:
    """HIST-10: and others get to know it, apart from the bench."""

    async def main() -> None:
        async with (
            live_server() as server,
            connect(server.url, user="ann") as ann,
            connect(server.url, user="bob") as bob,
        ):
            heard = bob.listen(MetaChanged, ShowChange)
            ann.put("lens", "component", {"x": 1})
            version = await ann.versions.keep(" before the new lens ")
            ann.set("lens", {"x": 2})
            await ann.flush()
            assert (version.name, version.by, version.why) == ("before the new lens", "ann", "hand")
            assert await ann.at(version.clock) == {"lens": Record("lens", "component", {"x": 1})}
            while not bob.versions:
                await heard.wait()
            assert [*bob.versions] == [version] == [*ann.versions]
            assert bob.versions.find("Before The New Lens") == bob.versions[0]
            assert bob.versions[:1] == [version]
            assert repr(bob.versions) == repr([version])
            assert list(bob) == ["lens"]
            await bob.restore(version.clock)
            assert bob["lens"]["x"] == 1
            assert [one.why for one in bob.versions] == ["hand", "sweep"]

    run(main())


def test_a_version_gets_another_name_or_goes() -> None:
    """HIST-11"""

    async def main() -> None:
        async with live_server() as server, connect(server.url) as bench:
            bench.put("lens", "component", {"x": 1})
            version = await bench.versions.keep("good", clock=0)
            assert version.clock == 0
            renamed = await bench.versions.rename(version, "Good")
            assert (renamed.id, renamed.name) == (version.id, "Good")
            with pytest.raises(ChangeRefused, match="already"):
                await bench.versions.keep("good")
            with pytest.raises(ChangeRefused, match="number of a change"):
                await bench.versions.rename(version, "12")
            await bench.versions.remove(version)
            assert not bench.versions
            with pytest.raises(CollaborationError, match="has removed this version"):
                await bench.versions.remove(version)
            with pytest.raises(CollaborationError, match="has removed this version"):
                await bench.versions.rename(version, "better")
            with pytest.raises(CollaborationError, match="no version 'good'"):
                bench.versions.find("good")

    run(main())


def test_a_moment_that_is_not_kept_is_refused() -> None:
    """HIST-3: nothing is made of it."""

    async def main() -> None:
        async with live_server() as server, connect(server.url) as bench:
            with pytest.raises(CollaborationError, match="no such change"):
                await bench.versions.keep("good", clock=9)
            assert bench.clock == 0

    run(main())


def test_a_name_that_somebody_took_at_the_same_moment_is_refused() -> None:
    """HIST-11: the server decides."""

    async def main() -> None:
        async with (
            live_server() as server,
            connect(server.url, user="ann") as ann,
            connect(server.url, user="bob") as bob,
        ):
            heard = bob.listen(MetaChanged)
            await ann.versions.keep("good")
            bob._replica.meta.clear()  # as if nothing of it had arrived yet
            with pytest.raises(CollaborationError, match="a version 'good' already"):
                await bob.versions.keep("good")
            assert await heard.wait()

    run(main())


def test_who_may_only_view_keeps_no_version() -> None:
    """ACC-8"""

    async def main() -> None:
        async with live_server() as server, connect(server.url) as bench:
            for role in (Role.VIEWER, Role.COMMENTER):
                bench._replica.set_role(role)
                with pytest.raises(ChangeRefused, match="You may only"):
                    await bench.versions.keep("good")

    run(main())


def test_unknown_records_beside_versions_survive() -> None:
    """DOC-7"""

    async def main() -> None:
        async with live_server() as server:
            async with connect(server.url) as bench:
                bench.edit([Put("n", "tomorrow", {"clock": -1}, lane="meta")])  # type: ignore[arg-type]
            async with connect(server.url) as bench:
                assert bench._replica.meta["n"].props == {"clock": -1}
                assert not bench.versions

    run(main())


def test_it_works_without_asyncio(server: ServerProcess, session_id: str) -> None:
    with Bench(server.url, session=session_id) as bench:
        bench.put("lens", "component", {})
        version = bench.versions.keep("good")
        assert [*bench.versions] == [version]
        assert bench.versions.rename(version, "better").name == "better"
        bench.versions.remove(version)
        assert len(bench.versions) == 0
