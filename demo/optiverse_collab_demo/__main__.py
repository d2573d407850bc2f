"""``python -m optiverse_collab_demo [FILE.json]``."""

from __future__ import annotations

import sys

from optiverse_collab_demo.app import main

sys.exit(main(sys.argv))
