"""The load generator, with real processes; no test asserts how fast they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.dialects import Ours
from benchmarks.fanout import Fanout, Load, drive, measure
from benchmarks.targets import relay, server

TINY = [
    Load(participants=4, editors=2, seconds=0.5, components=5),
    Load(participants=4, editors=4, seconds=0.5, components=5, in_step=True),
    Load(participants=2, editors=1, seconds=0.5, components=300),
    Load(participants=4, editors=2, seconds=0.5, components=5, tls=True),
]


@pytest.mark.parametrize("load", TINY, ids=str)
def test_server_delivers_every_edit_once_to_everybody(load: Load) -> None:
    """PUSH-5: even to its author, who learns from it that the edit is stored."""
    result = measure(server(load.tls), load)
    assert result.missing == result.unseen == 0
    assert result.expected == _edits(result, load) * (load.participants - 1)
    assert 0 < len(result.acknowledged_ms) <= _edits(result, load)
    assert len(result.latencies_ms) == len(result.acknowledged_ms) * (load.participants - 1)


@pytest.mark.parametrize("load", TINY, ids=str)
def test_relay_delivers_every_edit_once_to_everybody_else(load: Load) -> None:
    """The relay that the server is compared with does the same work."""
    result = measure(relay(load.tls), load)
    assert result.missing == 0
    assert result.unseen == _edits(result, load)
    assert not result.acknowledged_ms


def _edits(result: Fanout, load: Load) -> int:
    """How many edits there were: each is due at its own time, so it has one lateness."""
    edits = len(result.late_ms)
    assert edits >= load.editors * load.hz * load.seconds
    return edits


def test_idle_session_has_nothing_to_deliver() -> None:
    """Without editors, only the cost of idle connections is measured."""
    result = measure(server(), Load(participants=3, editors=0, seconds=0.2, components=5))
    assert (result.expected, result.missing, result.latencies_ms) == (0, 0, [])


def test_each_session_gets_only_its_own_edits() -> None:
    """An edit that came to another session would be one too many."""
    load = Load(participants=2, editors=1, seconds=0.5, components=3, warm_up_s=0.1)
    with server() as target:
        result = drive([replace(target, dialect=Ours(f"bench {n}")) for n in range(3)], load)
    assert result.missing == result.unseen == 0
    assert result.expected == len(result.late_ms) == 3 * round(0.6 * load.hz)
