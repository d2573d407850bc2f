"""What servers promise about changes that are saved, and whether they keep it: STAND-6, STAND-8, CLK-9."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from optiverse_collab_server.standby.followers import Mode
from tests.server.standby.sites import Site

PATIENCE_S = 10.0
"""How long a change waits for a standby that is only preferred (STAND-6)."""


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
        disks = {site: await site.entries() for site in self._sites}
        everywhere = set.intersection(*map(set, disks.values()))
        self.single -= everywhere
        if primary is not None:
            lacks = self.saved.difference(disks[primary])
            assert not lacks if self._mode is Mode.ALWAYS else lacks <= self.single, "STAND-6"
        if self._mode is Mode.PREFER:
            self._check_what_is_said(disks, everywhere)

    def _check_what_is_said(self, disks: dict[Site, list[bytes]], everywhere: set[bytes]) -> None:
        """A server that doesn't say that it is alone isn't, and loses its patience in time."""
        for site, disk in disks.items():
            if site.serves and site.is_open and not site.followers.is_alone:
                assert everywhere.issuperset(disk[: site.stored]), "STAND-8: it is alone, and doesn't say so"
            for wait in site.waits:
                self._counts["alone"] += wait.was_in_vain
                assert wait.seconds <= PATIENCE_S, "STAND-6: it waits too long"
                assert not wait.was_in_vain or wait.seconds == PATIENCE_S, "STAND-6: it doesn't wait"
            site.waits.clear()

    def check_end(self, left: Iterable[bytes]) -> None:
        """Nobody has lost anything without having heard of it."""
        for had in self._had.values():
            assert had <= {*left}, "CLK-9: changes are gone silently"
