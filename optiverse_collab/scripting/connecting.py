"""Connects a script to a session."""

from __future__ import annotations

import platform
import random
from collections.abc import Callable

from optiverse_collab.core.client.connector import OPEN_S
from optiverse_collab.core.protocol.address import DEFAULT_SERVER, named_session, parse_address
from optiverse_collab.core.protocol.ways import ways_to
from optiverse_collab.scripting.bench import AsyncBench
from optiverse_collab.scripting.keys import Keys
from optiverse_collab.scripting.unacknowledged import Progress


def connect(
    server: str = DEFAULT_SERVER,
    session: str | None = None,
    user: str | None = None,
    *,
    wait: bool = False,
    timeout_s: float = OPEN_S,
    progress: Progress | None = None,
    chance: Callable[[], float] = random.random,
) -> AsyncBench:
    """Connect to a session: ``async with connect("ws://localhost:8765") as bench: …``.

    Inside the block, a lost connection is restored automatically, and you can keep editing meanwhile.
    Leaving the block waits until the server has everything.

    Args:
        server: ``ws://host:port``, or an invite link; ``ws://`` and the port 8765 can be left out. The token
            of an invite can be in the environment, too: ``OPTIVERSE_COLLAB_TOKEN``.
        session: its name, if no link has it; ``default`` without either. It is created if there is none.
        user: the name that others see; this machine's if there is none.
        wait: keep trying if the server is not there yet, instead of failing.
        timeout_s: how long the server may take to let us in, each time.
        progress: called while the bench arrives.
        chance: gives numbers from 0 to 1 for the waits between attempts.

    Raises:
        ConnectionFailed: on entering: there is no such server, or it does not let us in. `AddressError`,
            at once, if an address or name can't be one.
    """
    user = user or platform.node() or "script"
    address = parse_address(server)
    session = named_session(address, session)
    ways = ways_to(address.remembered, session, user, is_script=True)
    keys = Keys(address, session)
    return AsyncBench(ways, session, user, wait, timeout_s, progress, chance, keys)
