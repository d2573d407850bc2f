"""The server with another tick: ``python -m benchmarks.ticking MS``, and then its usual arguments."""

from __future__ import annotations

import sys

from optiverse_collab_server import tick
from optiverse_collab_server.cli.main import main

if __name__ == "__main__":
    tick_ms = float(sys.argv[1])
    tick.tick_ms = lambda receivers: tick_ms
    raise SystemExit(main(sys.argv[2:]))
