"""Two standbys of one server, one or both of which are promoted: STAND-13 of docs/protocol.md."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from optiverse_collab_server.standby import reception, service
from optiverse_collab_server.standby.service import StandbyService
from optiverse_collab_server.standby.standing import State, read_standing
from tests.helpers.aio import run, until
from tests.helpers.standby import Member, member, promote, until_stored
from tests.server.cli.folders import edit, records


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again soon."""
    for name in ("RETRY_SECONDS", "LOOK_SECONDS", "TELL_SECONDS"):
        monkeypatch.setattr(service, name, 0.02)
    monkeypatch.setattr(reception, "ALIVE_SECONDS", 0.02)


class Standbys(NamedTuple):
    """Two of a server that is gone, with a session of one record."""

    second: Member
    third: Member


@contextlib.asynccontextmanager
async def standbys(folder: Path) -> AsyncIterator[Standbys]:
    """They know each other; their folders are called like them."""
    async with contextlib.AsyncExitStack() as stack:
        start = stack.enter_async_context
        async with member(folder / "first") as first:
            await edit(first, "lab", "a")
            second = await start(member(folder / "second", first.url))
            third = await start(member(folder / "third", first.url))
            for one in (second, third):
                await until_stored(one.store, "lab", 1)
            await until(lambda: second.service.post.standing.peers == (third.url,))
            await until(lambda: third.service.post.standing.peers == (second.url,))
        yield Standbys(second, third)


@pytest.mark.parametrize("later", [3, 5])
def test_of_two_that_were_promoted_the_higher_term_serves(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, later: int
) -> None:
    """STAND-13: the other one says so, and sends everybody there."""

    async def main() -> None:
        async with standbys(tmp_path) as (second, third):
            promote(tmp_path / "second", gap=4)
            promote(tmp_path / "third", gap=later)
            loser, winner = (second, third) if later > 4 else (third, second)
            await until(lambda: loser.service.post.standing.state is State.DEPOSED)
            async with loser.asking("ann", "lab") as ann:
                assert await ann.closed() == (4421, f"deposed {winner.url}")
            await until(lambda: winner.service.post.standing.peers == ())
            assert await records(winner, "lab") == {"a"}

    with caplog.at_level(logging.INFO):
        run(main())
    assert "this one serves nobody any more" in caplog.text


def test_a_standby_hears_that_another_one_has_taken_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """STAND-13: so it is not promoted by mistake."""

    async def main() -> None:
        async with standbys(tmp_path) as (second, third):
            promote(tmp_path / "second", gap=4)
            await until(lambda: second.service.post.standing.peers == ())
            standing = read_standing(tmp_path / "third")
            assert (standing.state, standing.heard, standing.winner) == (State.STANDBY, 5, second.url)
            assert f"Another standby at {second.url} has taken over: make a link there" in caplog.text
            assert f"The standby at {third.url} knows that this server has taken over" in caplog.text

    with caplog.at_level(logging.INFO):
        run(main())


def test_a_standby_hears_it_from_the_former_primary(tmp_path: Path) -> None:
    """STAND-13: if the one that has taken over doesn't know it."""

    async def main() -> None:
        async with member(tmp_path / "first") as first, member(tmp_path / "second", first.url) as second:
            await until(lambda: first.service.followers.count == 1)
            promote(tmp_path / "second", gap=4)
            await until(second.service.post.look)
            async with member(tmp_path / "third", first.url) as third:
                await until(lambda: third.service.post.standing.heard == 5)
                assert third.service.post.standing.winner == second.url

    run(main())


def test_it_hears_it_also_if_it_was_connected(tmp_path: Path) -> None:
    """STAND-13: a server that was replaced has no standbys."""

    async def main() -> None:
        async with member(tmp_path / "first") as first, member(tmp_path / "second", first.url) as second:
            await until(lambda: first.service.followers.count == 1)
            first.service.post.meet(7, second.url)
            await until(lambda: second.service.post.standing.heard == 7)
            assert first.service.followers.count == 0

    run(main())


def test_two_servers_with_the_same_term_say_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """STAND-13: for example two copies of one machine, once both serve."""
    tell = StandbyService._tell

    async def main() -> None:
        async with standbys(tmp_path) as both:

            async def tell_once_both_serve(self: StandbyService, link: str) -> None:
                await until(lambda: all(one.service.post.standing.state is State.PRIMARY for one in both))
                await tell(self, link)

            monkeypatch.setattr(StandbyService, "_tell", tell_once_both_serve)
            promote(tmp_path / "second")
            promote(tmp_path / "third")
            await until(
                lambda: caplog.text.count("it serves in the same term; run promote again on the") == 2
            )

    run(main())
