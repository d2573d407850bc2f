"""A server and its standby, in histories by chance: lags, crashes, takeovers, and two that serve at once.

One seed decides everything. The disks, standings, senders, copies, rooms and replicas are the real ones; only
the network and the commands of the operator are played.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import msgspec
from msgspec import structs

from optiverse_collab.core.client.effects import EpochChanged
from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.protocol.parcels import Parcel
from optiverse_collab.core.records import Set
from optiverse_collab.core.server.journal import Entry
from optiverse_collab_server.standby.followers import Mode
from optiverse_collab_server.standby.standing import Standing, State
from optiverse_collab_server.storage import MemoryStore
from tests.helpers.carrying_wire import Carrier
from tests.helpers.signing_wire import HEARTBEAT_MS
from tests.helpers.wire import LENS, Peer
from tests.server.standby.sites import Line, Site, shared

STEPS = 60
NAMES = ("ann", "bob", "eve", "script")
WEIGHTS = {"edit": 12, "come": 7, "go": 2, "beat": 3, "carry": 4, "lag": 2, "flow": 4, "cut": 1, "link": 6}
WEIGHTS |= {"crash": 1, "die": 1, "promote": 2, "tell": 3, "follow": 4}


class Story:
    """People who edit, and an operator with two servers.

    Args:
        seed: decides everything.
        counts: gets what happened.
        standings: the standing of each server, by its folder.
    """

    def __init__(self, seed: int, counts: Counter[str], standings: dict[Path, Standing]) -> None:
        self._chance, self._counts, self._standings = Random(seed), counts, standings
        self._mode = self._chance.choice([Mode.OFF, Mode.OFF, Mode.ALWAYS])
        standings.clear()
        standings[Path("b")] = Standing(State.STANDBY)
        self._sites = [Site(Path(name), self._mode) for name in "ab"]
        self._line: Line | None = None
        self._peers: dict[str, Peer] = {name: self._new(name, 0) for name in NAMES}
        self._kept: dict[str, list[Parcel]] = {name: [] for name in NAMES}
        self._seen: dict[str, list[bytes]] = {name: [] for name in NAMES}
        self._where: dict[str, Site] = {}
        self._saved: set[bytes] = set()  # changes that somebody has seen as saved
        self._wrote: dict[int, Path] = {}  # whose a term is
        self._number = 0

    async def play(self) -> None:
        """Run all of it; raises `AssertionError` if something is wrong."""
        await self._link()
        for _ in range(STEPS):
            [step] = self._chance.choices([*WEIGHTS], [*WEIGHTS.values()])
            await getattr(self, f"_{step}")()
            await self._check()
        await self._end()

    @property
    def _primary(self) -> Site | None:
        """The server with the highest term of those that serve."""
        serving = [site for site in self._sites if site.serves]
        return max(serving, key=lambda site: site.post.standing.term, default=None)

    @property
    def _standby(self) -> Site | None:
        """The standby, if there is one."""
        return next((one for one in self._sites if one.post.standing.state is State.STANDBY), None)

    def _some(self) -> list[str]:
        return self._chance.sample(NAMES, self._chance.choice([1, 1, 2, 4]))

    # What people do

    async def _edit(self) -> None:
        for name in self._some():
            if name not in self._where:
                continue
            self._number += 1
            peer = self._peers[name]
            value = {name: self._number, "by": name}
            there = "lens" in peer.replica.view
            peer.edit(Set("lens", value) if there else structs.replace(LENS, props=value))
            if self._chance.random() < 0.5:
                await self._where[name].come_to_rest()
        await self._rest()

    async def _come(self, names: list[str] | None = None, to: Site | None = None) -> None:
        coming: dict[str, tuple[Site, list[bytes]]] = {}
        for name in names or self._some():
            serving = [site for site in self._sites if site.serves]
            if names is None and name == "script" and self._chance.random() < 0.9:
                continue  # it is away for long, so others may take over more than once meanwhile
            if name not in self._where and serving:
                site = to or self._chance.choice(serving)
                self._number += 1
                site.now_ms = max(one.now_ms for one in self._sites)
                if await site.open(f"epoch {self._number}"):
                    self._peers[name].heard.clear()
                    site.connect(self._peers[name], settle=False)
                    coming[name] = site, await site.entries()
        await self._rest()
        for name, (site, before) in coming.items():
            await self._look_at(name, site, before)

    async def _look_at(self, name: str, site: Site, before: list[bytes]) -> None:
        """Nobody adopts a history that lacks what they had; whoever had more learns how much that is.

        Others who come may bring changes back, since they can prove the loss: then it was more `before`.
        """
        peer, seen, history = self._peers[name], self._seen[name], await site.entries()
        if peer.replica._foreign:
            least, most = shared(seen, before), shared(seen, history)
            assert least < len(seen), "it could have continued"
            [told] = peer.told(EpochChanged)
            assert bool(told.restored) is bool(told.missing) is (least > 0)
            assert not least or least <= len(seen) - told.missing <= most
            self._counts["parted"] += 1
            site.lose(peer)
            self._number += 1
            self._peers[name], self._seen[name] = self._new(name, self._number), []
        elif peer.closed is CloseReason.DEPOSED:
            assert peer.replica._confirmed.term > site.post.standing.term
            self._counts["turned away"] += 1
        elif peer.replica.synced:
            assert peer.replica._confirmed.term == site.post.standing.term
            assert history[: len(seen)] == seen, "it adopted another history"
            self._where[name], self._seen[name] = site, history[: peer.replica.clock]
        else:
            site.lose(peer)  # the standby is away, so it waits

    async def _go(self) -> None:
        for name in self._some():
            if name in self._where:
                self._where.pop(name).lose(self._peers[name])

    def _new(self, name: str, number: int) -> Peer:
        if name == "script":
            return Peer(name, f"{name} {number}")
        carrier = Carrier(name, self._kept[name] if number else ())
        carrier.replica.client_id, carrier.at_once = f"{name} {number}", 100
        return carrier

    async def _beat(self) -> None:
        for site in self._sites:
            site.now_ms = HEARTBEAT_MS + max(one.now_ms for one in self._sites)
            await self._rest()

    async def _carry(self) -> None:
        for site in self._sites:
            site.hand_out_parcels()
        await self._rest()

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

    async def _link(self) -> None:
        primary, standby = self._primary, self._standby
        if self._line is None and primary is not None and standby is not None and standby.is_up:
            self._line = Line(primary, standby, self._chance)
            await self._line.open()
            await self._rest()
            await self._look_at_copy(self._line)

    async def _look_at_copy(self, line: Line) -> None:
        """A copy that isn't a start of the primary's is left alone, and the primary says so (STAND-3)."""
        copy, there = await line.standby.entries(), await line.primary.entries()
        assert line.has_parted is (there[: len(copy)] != copy)
        if line.has_parted:
            self._counts["copies that had parted"] += 1
            await self._cut()
            line.standby.disk = MemoryStore()  # the operator deletes it
            line.standby.start_up()

    async def _crash(self) -> None:
        await self._restart(self._chance.choice(self._sites))

    async def _restart(self, site: Site) -> None:
        if self._line is not None:
            await self._cut()
        await site.kill()
        self._forget_gone()
        site.start_up()

    async def _die(self) -> None:
        """The primary's disk is lost, and the standby takes over."""
        primary, standby = self._primary, self._standby
        if primary is not None and standby is not None and await standby.entries():
            await self._cut()
            await primary.kill()
            self._forget_gone()
            self._counts["dead"] += 1
            await self._promote()
            self._standings[primary.folder] = Standing(State.STANDBY)
            primary.disk = MemoryStore()
            primary.start_up()

    async def _promote(self) -> None:
        """The operator promotes the standby, whether the primary still serves or not."""
        standby = self._standby
        if standby is None or not await standby.entries():
            return
        if self._chance.random() < 0.5:
            await self._cut()
        before = self._standings[standby.folder]
        self._standings[standby.folder] = Standing(State.PRIMARY, before.term + 1, "a")
        assert standby.post.look()
        await self._cut()
        self._counts["promoted"] += 1
        lacks = self._saved.difference(await standby.entries())
        self._counts["saved changes that it lacked"] += len(lacks)

    async def _tell(self) -> None:
        """The promoted server reaches the former one (STAND-4)."""
        primary = self._primary
        for site in self._sites:
            if primary is not None and site is not primary and site.serves:
                assert site.post.meet(primary.post.standing.term)
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

    def _forget_gone(self) -> None:
        gone = [name for name, site in self._where.items() if self._peers[name] not in site.peers.values()]
        for name in gone:
            del self._where[name]

    # What must hold

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
            self._saved.update(entries)
        for name in NAMES:
            self._kept[name] = getattr(self._peers[name], "kept", [])

    async def _check(self) -> None:
        for site in self._sites:
            terms = [msgspec.json.decode(data, type=Entry).term for data in await site.entries()]
            assert terms == sorted(terms), "CLK-6"
            if site.serves and terms and terms[-1] == site.post.standing.term:
                assert self._wrote.setdefault(terms[-1], site.folder) == site.folder, "CLK-6: two wrote in it"
        primary = self._primary
        if self._mode is Mode.ALWAYS and primary is not None:
            assert self._saved <= {*await primary.entries()}, "STAND-6"

    async def _end(self) -> None:
        """Everything gets well: one server serves, the other one follows, and all see the same."""
        await self._tell()
        await self._follow()
        await self._flow()
        await self._link()
        await self._link()  # the first one may have found a copy that had parted
        primary = self._primary
        assert primary is not None
        for _ in range(2):  # whoever had parted begins again
            for name in [*self._where]:
                self._where.pop(name).lose(self._peers[name])
            await self._come([*NAMES], primary)
        assert {*self._where} == {*NAMES}
        for name in NAMES:
            peer = self._peers[name]
            assert peer.screen == peer.replica.view
            assert {**peer.screen, **peer.replica.meta} == primary.room.history.document.records
        assert self._line is not None
        assert await self._line.standby.entries() == await primary.entries()
        await self._cut()
        for site in self._sites:
            await site.kill()
