"""``python -m optiverse_collab.demo [FILE.json]``."""

from __future__ import annotations

import sys

from optiverse_collab.demo.app import main

sys.exit(main(sys.argv))
