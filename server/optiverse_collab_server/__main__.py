"""``python -m optiverse_collab_server``."""

from __future__ import annotations

from optiverse_collab_server.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
