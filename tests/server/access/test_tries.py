"""Failed attempts to get in: ACC-10 of docs/protocol.md."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from optiverse_collab_server.access import tries
from optiverse_collab_server.access.tries import FAILED, LONGEST_S, FailedTries, network_of
from optiverse_collab_server.heard import HeardConnection
from optiverse_collab_server.rate import Quota
from tests.helpers.aio import run, until


def test_some_are_answered_at_once_and_then_one_in_a_while() -> None:
    """ACC-10."""
    failed = FailedTries()
    waits = [failed.wait_s("192.0.2.1", 0.0) for _ in range(14)]
    assert waits[: int(FAILED.burst)] == [0.0] * 10
    assert waits[10:] == [2.0, 4.0, LONGEST_S, LONGEST_S]
    assert failed.wait_s("192.0.2.2", 0.0) == 0.0
    assert failed.wait_s("192.0.2.1", 3600.0) == 0.0


def test_the_table_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """ACC-10: the oldest failure is forgotten."""
    monkeypatch.setattr(tries, "ADDRESSES", 2)
    failed = FailedTries()
    for _ in range(12):
        failed.wait_s("a", 0.0)
        failed.wait_s("b", 0.0)
    assert failed.wait_s("a", 0.0) > 0
    assert failed.wait_s("c", 0.0) == 0.0  # b is forgotten
    assert failed.wait_s("a", 0.0) > 0
    assert failed.wait_s("b", 0.0) == 0.0
    assert len(failed._buckets) == 2


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_addresses_of_one_machine_are_one(address: str, network: str) -> None:
    """ACC-10."""
    assert network_of(address) == network


class Peer:
    """A connection that records how it is paused, resumed and closed."""

    address = "192.0.2.1"

    def __init__(self) -> None:
        self.done: list[str] = []
        self.transport = self

    def pause_reading(self) -> None:
        self.done.append("pause")

    def resume_reading(self) -> None:
        self.done.append("resume")

    def cut(self, why: str) -> None:
        self.done.append("cut")


def test_nothing_is_read_of_who_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """ACC-10: otherwise people who are not in yet could fill the memory."""
    monkeypatch.setattr(tries, "FAILED", Quota(1, 0.001))
    monkeypatch.setattr(tries, "LONGEST_S", 60.0)
    monkeypatch.setattr(tries, "WAITING", 1)
    peers = [Peer(), Peer(), Peer()]

    async def main() -> None:
        failed = FailedTries()
        tasks = [asyncio.create_task(failed.wait(cast("HeardConnection", peer))) for peer in peers]
        await until(lambda: peers[2].done)
        assert [peer.done for peer in peers] == [[], ["pause"], ["cut"]]
        failed.stop()
        await asyncio.gather(*tasks)
        assert peers[1].done == ["pause", "resume"]

    run(main())
