"""A slot keeps parcels next to its replica (BACK-6)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest

from optiverse_collab.core.protocol.parcels import Parcel
from optiverse_collab.disk.parcels import PARCELS_NAME
from optiverse_collab.disk.slot import UNKEPT
from tests.disk.test_slot import COPY, DEADLINE_S, Opened


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    opened = Opened(tmp_path)
    yield opened
    opened.close()


def test_parcels_are_kept_and_found_in_the_thread(opened: Opened) -> None:
    """BACK-6"""
    found: Queue[tuple[list[Parcel], int]] = Queue()
    parcel = Parcel("e", 0, "", 5, "", b"x", "s")

    def report(parcels: list[Parcel]) -> None:
        found.put((parcels, threading.get_ident()))

    opened.slot.keep_parcel(parcel)
    opened.slot.find_parcels(0, ["e"], report)
    parcels, thread = found.get(timeout=DEADLINE_S)
    assert parcels == [parcel]
    assert thread != threading.get_ident()
    opened.slot.rebase(COPY, 1)
    assert opened.next_report() == 1
    opened.close()
    again = Opened(opened.folder.parent.parent)
    again.slot.find_parcels(0, ["e"], report)
    assert found.get(timeout=DEADLINE_S)[0] == [parcel]
    again.close()


def test_a_disk_that_fails_or_hangs_only_leaves_a_gap(opened: Opened) -> None:
    """BACK-6: edits report a failing disk; parcels that wait for one are bounded."""
    found: Queue[list[Parcel]] = Queue()
    gate = threading.Event()
    (opened.folder / PARCELS_NAME).write_text("no folder")

    def hang(_: list[Parcel]) -> None:
        gate.wait(DEADLINE_S)

    opened.slot.find_parcels(0, ["e"], hang)
    for clock in range(2 * UNKEPT):
        opened.slot.keep_parcel(Parcel("e", clock, "", clock + 1, "", b"x", "s"))
    assert opened.slot._jobs.qsize() <= UNKEPT
    gate.set()
    opened.slot.find_parcels(0, ["e"], found.put)
    assert found.get(timeout=DEADLINE_S) == []
    assert opened.slot.failure is None
