"""The server with another tick: ``python -m benchmarks.ticking MS``, and then its usual arguments."""

from __future__ import annotations

import sys

from optiverse_collab_server import session
from optiverse_collab_server.cli.main import main

if __name__ == "__main__":
    # The tick is the smaller of the two, the second times the connections.
    session.TICK_MS = session.TICK_MS_PER_CONNECTION = float(sys.argv[1])
    raise SystemExit(main(sys.argv[2:]))
