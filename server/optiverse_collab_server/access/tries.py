"""Slows down guessing of tokens: each failed try of an address delays the next answer (ACC-10)."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress

from optiverse_collab_server.heard import HeardConnection
from optiverse_collab_server.rate import Quota, TokenBucket

FAILED = Quota(10, 0.5)
"""How many failed attempts from one address are answered at once, and how many per second in the long run."""

LONGEST_S = 5.0
"""No answer is later than this: clients give a server 10 s (CONN-1)."""

ADDRESSES = 1000
"""How many failed addresses are remembered."""

WAITING = 100
"""At most this many wait for their answer; further ones are cut."""


class FailedTries:
    """Remembers the last `ADDRESSES` addresses that failed."""

    def __init__(self) -> None:
        self._buckets: dict[str, TokenBucket] = {}
        self._waiting = 0
        self._stopped = asyncio.Event()

    def wait_s(self, address: str, now_s: float) -> float:
        """Count a failed try; returns how long to delay the answer."""
        network = network_of(address)
        bucket = self._buckets.pop(network, None) or TokenBucket(now_s, FAILED)
        self._buckets[network] = bucket  # the last
        if len(self._buckets) > ADDRESSES:
            del self._buckets[next(iter(self._buckets))]
        return min(LONGEST_S, bucket.take(now_s))

    async def wait(self, ws: HeardConnection) -> None:
        """Count a failed attempt, and wait until it may be answered, without reading from the peer."""
        seconds = self.wait_s(ws.address, asyncio.get_running_loop().time())
        if not seconds:
            return
        if self._waiting >= WAITING:
            ws.cut("has no valid token, while too many others wait")
            return
        self._waiting += 1
        ws.transport.pause_reading()
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), seconds)
        ws.transport.resume_reading()
        self._waiting -= 1

    def stop(self) -> None:
        """The server stops: end all waits."""
        self._stopped.set()


def network_of(address: str) -> str:
    """The IPv4 address, or the IPv6 network, since one machine may have all addresses of it."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((found, 64), strict=False))
