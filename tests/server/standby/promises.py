"""What servers promise about changes that are saved, and whether they keep it: STAND-6, STAND-8, CLK-9."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from optiverse_collab_server.standby.followers import Mode
from tests.server.standby.notes import NOTES
from tests.server.standby.sites import SESSION, Site

EVERYTHING = 2**53


class Promises:
    """What has been saved, by whom, and what may be lost.

    Args:
        mode: what changes wait for.
        sites: all servers.
        counts: gets what happened.

    Attributes:
        saved: the changes that somebody has seen as saved.
        single: those that may be lost with one disk. The server was alone when it saved them, and said so; or
            the operator deleted the other copy. As soon as all disks have a change, it is none of them.
    """

    def __init__(self, mode: Mode, sites: Sequence[Site], counts: Counter[str]) -> None:
        self._mode, self._sites, self._counts = mode, sites, counts
        self.saved, self.single = set[bytes](), set[bytes]()
        self._had: dict[str, set[bytes]] = defaultdict(set)

    def saw(self, name: str, site: Site, entries: Iterable[bytes]) -> None:
        """Somebody has seen changes on a server as saved."""
        self._had[name].update(entries)
        new = self._had[name] - self.saved
        self.single |= (alone := new & site.saved_alone)
        self._counts["saved alone"] += len(alone)
        self.saved |= new

    def heard(self, name: str, lost: Iterable[bytes], left: Iterable[bytes]) -> None:
        """Somebody has heard that a server lacks changes which they had, and starts over."""
        assert self._had.pop(name, set()).difference(left) <= {*lost}, "CLK-9: it lost more"

    async def lost_but_for(self, site: Site) -> None:
        """A disk is gone, and now only this server has its changes."""
        self.single.update(await site.entries())

    async def check(self, primary: Site | None) -> None:
        """Nothing else than `single` is missing at the server with the highest term that serves."""
        if self._mode is Mode.OFF:
            return
        disks = [{*await site.entries()} for site in self._sites]
        self.single -= disks[0].intersection(*disks[1:])
        if primary is not None:
            lacks = self.saved.difference(await primary.entries())
            assert not lacks if self._mode is Mode.ALWAYS else lacks <= self.single, "STAND-6"
        if self._mode is Mode.PREFER:
            for site in self._sites:
                self._check_waits(site)
                if site.serves and not site.followers.is_alone:
                    await self._check_copies(site)

    def _check_waits(self, site: Site) -> None:
        """A server loses its patience in time, and not earlier."""
        waits, site.waits = site.waits, []
        in_vain = [wait for wait in waits if wait.was_in_vain]
        self._counts["alone"] += bool(in_vain)
        assert all(wait.seconds <= wait.patience for wait in waits), "STAND-6: it waits too long"
        was_patient = any(wait.seconds == wait.patience for wait in in_vain)
        assert was_patient or not in_vain, "STAND-6: it doesn't wait"

    async def _check_copies(self, site: Site) -> None:
        """A server that doesn't say that it is alone isn't."""
        claims = {SESSION: site.stored} if site.is_open else {}
        claims |= {NOTES: site.notes.saved} if site.notes.is_open else {}
        if site.was_alone:  # then it says that another one has every session, if it can follow that
            self._counts["not alone any more"] += 1
            for session in {SESSION, NOTES} - {*claims} - site.unfollowed:
                claims[session] = EVERYTHING
        for session, clock in claims.items():
            saved = (await site.entries(session))[:clock]
            for one in self._sites:
                assert (await one.entries(session))[: len(saved)] == saved, "STAND-8: it is alone in secret"

    def check_end(self, left: Iterable[bytes]) -> None:
        """Nobody has lost anything without having heard of it."""
        for had in self._had.values():
            assert had <= {*left}, "CLK-9: changes are gone silently"
