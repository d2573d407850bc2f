"""The server, which begins a chunk every few dozen changes."""

from __future__ import annotations

import sys
from unittest import mock

from optiverse_collab_server import chunking
from optiverse_collab_server.cli.main import main

if __name__ == "__main__":
    with mock.patch.object(chunking, "CHUNK_ENTRIES", 40):
        sys.exit(main())
