"""A server and its standbys, in histories by chance: lags, crashes, takeovers, and some that serve at once.

One seed decides everything. The disks, standings, senders, copies, rooms and replicas are the real ones; only
the network and the commands of the operator are played.
"""

from __future__ import annotations

import asyncio

import msgspec
from msgspec import structs

from optiverse_collab.core.client.effects import EpochChanged
from optiverse_collab.core.protocol.close_codes import CloseReason
from optiverse_collab.core.records import Set
from optiverse_collab.core.server.journal import Entry
from optiverse_collab_server.standby.followers import Mode
from tests.helpers.signing_wire import HEARTBEAT_MS
from tests.helpers.wire import LENS
from tests.server.standby.notes import NOTES
from tests.server.standby.operated import NAMES, Operated
from tests.server.standby.sites import SAVING_S, SESSION, Site, shared

STEPS = 60
WEIGHTS = {"edit": 12, "come": 7, "go": 3, "beat": 3, "carry": 4, "lag": 2, "flow": 4, "cut": 1, "link": 6}
WEIGHTS |= {"crash": 1, "die": 1, "promote": 2, "tell": 1, "follow": 4}
PREFER_WEIGHTS = WEIGHTS | {"cut": 8, "come": 12, "go": 1, "link": 4, "lag": 6, "flow": 2, "promote": 1}
PREFER_WEIGHTS |= {"die": 2, "die_midway": 5, "wait": 8, "note": 6}


class Story(Operated):
    """People who edit, and an operator with two servers, or three, of whom one or two may be promoted.

    Args:
        seed: decides everything.
        counts: gets what happened.
        standings: the standing of each server, by its folder.
        mode: what changes wait for; if it isn't given, that is chance, and never `Mode.PREFER`.
    """

    async def play(self) -> None:
        """Run all of it; raises `AssertionError` if something is wrong."""
        try:
            await self._play()
        finally:
            await self._cut()
            for site in self._sites:
                await site.kill()

    async def _play(self) -> None:
        weights = PREFER_WEIGHTS if self._mode is Mode.PREFER else WEIGHTS
        await self._link()
        for _ in range(STEPS):
            [step] = self._chance.choices([*weights], [*weights.values()])
            await getattr(self, f"_{step}")()
            await self._check()
        await self._end()

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

    async def _note(self) -> None:
        serving = [site for site in self._sites if site.serves]
        if serving:
            self._chance.choice(serving).notes.change()
            await self._rest()

    async def _come(self, names: list[str] | None = None, to: Site | None = None) -> None:
        coming: dict[str, tuple[Site, list[bytes]]] = {}
        for name in names or self._some():
            serving = [site for site in self._sites if site.serves]
            if names is None and name == "script" and self._chance.random() < 0.9:
                continue  # it is away for long, so others may take over more than once meanwhile
            if name not in self._where and serving:
                site = to or self._chance.choice(serving)
                site.now_ms = max(one.now_ms for one in self._sites)
                if await self._open(site, may_die=names is None):
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
            assert bool(told.restored) is bool(told.missing)
            is_later = peer.replica._confirmed.term > site.post.standing.term
            assert not (is_later and peer.replica.epoch == told.epoch), "it went back to a former server"
            assert told.missing or not least, "it doesn't know how much is missing"
            if told.missing:
                place = len(seen) - told.missing
                assert place <= most
                own = [turn.clock for turn in peer.replica.save().turns]  # before changes came back there
                assert least <= place or place in own
            self._counts["parted"] += 1
            self._promises.heard(name, seen[-told.missing :], history)
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

    async def _beat(self) -> None:
        were = {site: site.followers.is_alone for site in self._sites}
        for site in self._sites:
            site.now_ms = HEARTBEAT_MS + max(one.now_ms for one in self._sites)
            await self._rest()
        for name, site in self._where.items():
            if site.followers.is_alone is were[site]:
                assert self._peers[name].session.safekeeping.is_alone is were[site], "STAND-8"

    async def _wait(self, seconds: int | None = None) -> None:
        """Time passes, in which a server may lose its patience with a standby."""
        seconds = seconds or self._chance.choice([4, 11])
        saving = [site for site in self._sites if site.is_saving]
        await asyncio.sleep(seconds)
        if seconds >= SAVING_S:
            assert not any(site.is_saving for site in saving), "STAND-6: it waits too long"
        for site in self._sites:
            site.now_ms += 1000 * seconds
        await self._rest()

    async def _carry(self) -> None:
        for site in self._sites:
            site.hand_out_parcels()
        await self._rest()

    # What must hold

    async def _check(self) -> None:
        for site in self._sites:
            terms = [msgspec.json.decode(data, type=Entry).term for data in await site.entries()]
            assert terms == sorted(terms), "CLK-6"
            if site.serves and terms and terms[-1] == site.post.standing.term:
                assert self._wrote.setdefault(terms[-1], site.folder) == site.folder, "CLK-6: two wrote in it"
        await self._promises.check(self._primary)

    async def _end(self) -> None:
        """Everything gets well: one server serves, the other one follows, and all see the same."""
        await self._tell()
        await self._follow()
        if self._primary is None:
            await self._promote()
        await self._flow()
        primary = self._primary
        assert primary is not None
        await self._outdo(primary)
        if self._mode is Mode.PREFER:
            primary.notes.change()
        await self._link()
        await self._link()  # the first one may have found a copy that had parted
        for _ in range(3):  # whoever had parted begins again
            for name in [*self._where]:
                self._where.pop(name).lose(self._peers[name])
            await self._come([*NAMES], primary)
            if self._mode is Mode.PREFER:
                await self._wait(11)
        assert {*self._where} == {*NAMES}
        for name in NAMES:
            peer = self._peers[name]
            assert peer.screen == peer.replica.view
            assert {**peer.screen, **peer.replica.meta} == primary.room.history.document.records
        for site in [site for site in self._sites if site is not primary]:
            for _ in range(2):  # the first time, it may find a copy that had parted
                await self._cut()
                await self._link(site)
            assert self._line is not None
            for session in (SESSION, NOTES):
                assert await self._line.standby.entries(session) == await primary.entries(session)
            assert not primary.followers.is_alone, "STAND-6: it has a standby again"
        await self._beat()
        await self._check()
        self._promises.check_end(await primary.entries())
