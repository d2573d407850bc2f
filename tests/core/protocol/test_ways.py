"""The ways to a session, and those that are learnt later: STAND-7, STAND-9 of docs/protocol.md."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from optiverse_collab.core.protocol.ways import Way, Ways, ways_to

P, Q, R = (letter * 43 for letter in "pqr")
ALSO = f"wss://standby:8765#pin={Q}"
LINK = f"wss://lab:8765/ws/Zo%C3%AB#t={'t' * 22}&pin={P}&also={quote(ALSO, safe='')}"
PATH = "/ws/Zo%C3%AB/ann"
SERVER, STANDBY = Way(f"wss://lab:8765{PATH}", P), Way(f"wss://standby:8765{PATH}", Q)


def test_both_servers_have_the_same_session() -> None:
    """STAND-7"""
    ways = ways_to(LINK, "Zoë", "ann")
    assert ways == [SERVER, STANDBY]
    assert ways.address == f"wss://lab:8765#pin={P}&also={quote(ALSO, safe='')}"
    [only] = ways_to("lab", "Zoë", "ann", is_script=True)
    assert only == Way(f"ws://lab:8765{PATH}?script")
    assert Ways([only]).address == "ws://lab:8765"


def test_a_standby_may_become_known_later() -> None:
    """STAND-9: it takes the place of the one before."""
    ways = Ways([SERVER])
    ways.learn(0, f"wss://old:1#pin={R}")
    assert len(ways) == 2
    ways.learn(0, ALSO)
    assert ways == [SERVER, STANDBY]


def test_the_next_server_may_have_a_standby_too() -> None:
    """STAND-9: whoever came to the second server keeps it, and both keep their places."""
    ways = Ways([SERVER, STANDBY])
    third = Way(f"wss://third:1{PATH}", R)
    ways.learn(1, f"wss://third:1#pin={R}")
    assert ways == [third, STANDBY]


@pytest.mark.parametrize(
    "told",
    [
        "ws://standby:8765",  # not encrypted
        "wss://standby:8765",  # any authority would do
        f"wss://lab:8765#pin={P}",  # the server itself
        f"wss://10.0.0.1:8765#pin={P}",  # the same
        f"wss://standby:8765/ws/lab#pin={Q}",
        f"wss://standby:8765#t={'t' * 22}&pin={Q}",
        f"wss://standby:8765#pin={Q}&also=wss%3A%2F%2Fthird",
        "http://[",
    ],
)
def test_what_is_less_protected_is_ignored(told: str) -> None:
    """STAND-9, LINK-2: it would get the token."""
    ways = Ways([SERVER])
    ways.learn(0, told)
    assert ways == [SERVER]


def test_without_encryption_any_other_address_will_do() -> None:
    """STAND-9: there is nothing to lose."""
    ways = ways_to("ws://lab", "lab", "ann")
    for _ in range(2):
        ways.learn(0, "ws://standby:1")
        assert ways[1:] == [Way("ws://standby:1/ws/lab/ann")]
