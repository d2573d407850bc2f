"""The server, which goes on at once without a standby that it only prefers."""

from __future__ import annotations

import sys
from unittest import mock

from optiverse_collab_server.cli.main import main
from optiverse_collab_server.standby import followers

if __name__ == "__main__":
    with mock.patch.object(followers, "PREFER_SECONDS", 0.05):
        sys.exit(main())
