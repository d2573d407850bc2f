"""A server with its standbys, and an operator, for histories by chance: what becomes of the servers."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from random import Random

from msgspec import structs

from optiverse_collab.core.protocol.parcels import Parcel
from optiverse_collab_server.standby.followers import Mode
from optiverse_collab_server.standby.standing import Standing, State, promoted
from optiverse_collab_server.storage import MemoryStore
from tests.helpers.carrying_wire import Carrier
from tests.helpers.wire import Peer
from tests.server.standby.notes import NOTES
from tests.server.standby.promises import Promises
from tests.server.standby.sites import SESSION, Line, Site, spin

NAMES = ("ann", "bob", "eve", "script")


class Operated:
    """Servers, one or two of which may be promoted, and the people who are there.

    Args:
        seed: decides everything.
        counts: gets what happened.
        standings: the standing of each server, by its folder.
        mode: what changes wait for; if it isn't given, that is chance, and never `Mode.PREFER`.
    """

    def __init__(
        self, seed: int, counts: Counter[str], standings: dict[Path, Standing], mode: Mode | None = None
    ) -> None:
        self._chance, self._counts, self._standings = Random(seed), counts, standings
        self._mode = mode or self._chance.choice([Mode.OFF, Mode.OFF, Mode.ALWAYS])
        standings.clear()
        names = self._chance.choice(["ab", "abc", "abc"]) if self._mode is Mode.OFF else "ab"
        standings.update({Path(name): Standing(State.STANDBY) for name in names[1:]})
        self._sites = [Site(Path(name), self._mode) for name in names]
        self._promises = Promises(self._mode, self._sites, counts)
        self._line: Line | None = None
        self._peers: dict[str, Peer] = {name: self._new(name, 0) for name in NAMES}
        self._kept: dict[str, list[Parcel]] = {name: [] for name in NAMES}
        self._seen: dict[str, list[bytes]] = {name: [] for name in NAMES}
        self._where: dict[str, Site] = {}
        self._wrote: dict[int, Path] = {}  # whose a term is
        self._number = 0

    @property
    def _primary(self) -> Site | None:
        """The server with the highest term of those that serve."""
        serving = [site for site in self._sites if site.serves]
        return max(serving, key=lambda site: site.post.standing.term, default=None)

    def _a_standby(self) -> Site | None:
        """One of the standbys, if there is any."""
        found = [one for one in self._sites if one.post.standing.state is State.STANDBY]
        return self._chance.choice(found) if found else None

    def _new(self, name: str, number: int) -> Peer:
        if name == "script":
            return Peer(name, f"{name} {number}")
        carrier = Carrier(name, self._kept[name] if number else ())
        carrier.replica.client_id, carrier.at_once = f"{name} {number}", 100
        return carrier

    # What becomes of the servers

    async def _lag(self) -> None:
        if self._line is not None:
            self._line.flows.clear()

    async def _flow(self) -> None:
        if self._line is not None:
            self._line.flows.set()
        await self._rest()

    async def _cut(self) -> None:
        if self._line is not None:
            await self._line.cut()
            self._line = None

    async def _link(self, standby: Site | None = None) -> None:
        primary, standby = self._primary, standby or self._a_standby()
        if self._line is None and primary is not None and standby is not None and standby.is_up:
            self._line = Line(primary, standby, self._chance)
            await self._line.open()
            await self._rest()
            if self._line.is_open:
                await self._look_at_copy(self._line)
            else:
                await self._cut()
                self._forget_gone()

    async def _look_at_copy(self, line: Line) -> None:
        """A copy that isn't a start of the primary's is left alone, and the primary says so (STAND-3)."""
        for session in (SESSION, NOTES):
            copy, there = await line.standby.entries(session), await line.primary.entries(session)
            epochs = await line.standby.epoch(session), await line.primary.epoch(session)
            is_start = "" in epochs or (epochs[0] == epochs[1] and there[: len(copy)] == copy)
            assert (session in line.parted) is not is_start
        if line.parted:
            self._counts["copies that had parted"] += 1
            await self._cut()
            for session in line.parted:
                del line.standby.disk._sessions[session]  # as the operator does
            await self._promises.lost_but_for(line.primary)
            line.standby.start_up()

    async def _crash(self) -> None:
        await self._restart(self._chance.choice(self._sites))

    async def _restart(self, site: Site) -> None:
        if self._line is not None:
            await self._cut()
        await site.kill()
        self._forget_gone()
        site.start_up()

    async def _die_midway(self) -> None:
        """A standby comes back, and the primary dies while it copies."""
        primary, standby = self._primary, self._a_standby()
        if primary is not None and standby is not None and primary.followers.is_alone:
            await self._cut()
            if self._chance.random() < 0.3:  # then it doesn't know of all its sessions
                await self._restart(primary)
                await self._open(primary, may_die=False)
            self._line = Line(primary, standby, self._chance)
            self._line.pauses = self._chance.choice([0, 6])
            await self._line.open()
            for _ in range(self._chance.randrange(40)):
                await asyncio.sleep(0)
                if self._chance.random() < 0.2:
                    primary.notes.change()
                await self._promises.check(primary)
            await self._die()

    async def _die(self) -> None:
        """The primary's disk is lost, and the standby takes over."""
        primary, standby = self._primary, self._a_standby()
        if self._mode is Mode.PREFER and not (primary and primary.is_open) and self._chance.random() < 0.8:
            return  # most of the time, there is something to lose
        if (
            primary is not None
            and standby is not None
            and (await standby.entries() or self._mode is not Mode.ALWAYS)
        ):
            self._counts[f"dead {self._phase(primary)}"] += 1
            await self._cut()
            await primary.kill()
            self._forget_gone()
            self._counts["dead"] += 1
            await self._promises.lost_but_for(standby)
            await self._promote(standby)
            self._standings[primary.folder] = Standing(State.STANDBY)
            primary.disk = MemoryStore()
            primary.start_up()

    def _phase(self, primary: Site) -> str:
        """How a server is with its standby."""
        if primary.followers.is_alone:
            return "alone" if self._line is None else "while its standby comes back"
        if primary.is_saving:
            return "while changes wait"
        return "with its standby" if primary.is_open and self._line is not None else "at rest"

    async def _promote(self, standby: Site | None = None) -> None:
        """The operator promotes a standby, whether others still serve or not."""
        standby = standby or self._a_standby()
        if standby is None or (self._mode is Mode.ALWAYS and not await standby.entries()):
            return  # a copy that has just begun isn't safe
        if self._chance.random() < 0.5:
            await self._cut()
        before = self._standings[standby.folder]
        self._standings[standby.folder] = promoted(before, self._chance.randrange)
        assert standby.post.look()
        await self._cut()
        self._counts["promoted"] += 1
        self._counts["promoted although another one was"] += bool(before.heard)
        self._counts["promoted without anything"] += not await standby.entries()
        self._counts["serving at once"] += sum(site.serves for site in self._sites) == 3
        lacks = self._promises.saved.difference(await standby.entries())
        self._counts["saved changes that it lacked"] += len(lacks)

    async def _tell(self) -> None:
        """The promoted server reaches the others (STAND-4, STAND-13)."""
        primary = self._primary
        for site in self._sites:
            if primary is None or site is primary:
                continue
            served = site.serves
            is_over = site.post.meet(primary.post.standing.term)
            if served:
                assert is_over
                self._forget_gone()
                assert not site.peers
                self._counts["deposed"] += 1

    async def _follow(self) -> None:
        """The former primary becomes the standby of the new one, with an unchanged disk."""
        for site in self._sites:
            if site.post.standing.state is State.DEPOSED:
                await self._restart(site)
                assert not site.serves, "it was replaced"
                site.post.change(structs.replace(site.post.standing, state=State.STANDBY))
                await self._link()

    async def _outdo(self, primary: Site) -> None:
        """Somebody knows a higher term, of a server that is gone; so the operator promotes this one again."""
        terms = [site.post.standing.term for site in self._sites]
        terms += [peer.replica._confirmed.term for peer in self._peers.values()]
        while primary.post.standing.term < max(terms):
            await self._restart(primary)
            self._standings[primary.folder] = promoted(primary.post.standing, self._chance.randrange)
            primary.post.look()

    async def _open(self, site: Site, may_die: bool) -> bool:
        """Open the session of a server, which may be killed while that waits for a standby."""
        self._number += 1
        opening = asyncio.create_task(site.open(f"epoch {self._number}"))
        await spin()
        if not opening.done() and may_die and self._chance.random() < 0.3:
            opening.cancel()
            await asyncio.wait([opening])
            self._counts["killed while it opens"] += 1
            await self._restart(site)
            return False
        return await opening

    def _forget_gone(self) -> None:
        gone = [name for name, site in self._where.items() if self._peers[name] not in site.peers.values()]
        for name in gone:
            del self._where[name]

    async def _rest(self) -> None:
        for site in self._sites:
            site.now_ms = max(one.now_ms for one in self._sites)
            if site.is_up:
                await site.come_to_rest()
            self._counts["changes that came back"] += sum(one.changes for one in site.brought)
            site.brought.clear()
        self._forget_gone()
        for name, site in self._where.items():
            entries = (await site.entries())[: self._peers[name].replica.clock]
            assert len(entries) == self._peers[name].replica.clock, "it was sent before it was stored"
            self._seen[name] = entries
            self._promises.saw(name, site, entries)
        for name in NAMES:
            self._kept[name] = getattr(self._peers[name], "kept", [])
