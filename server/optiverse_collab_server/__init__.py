"""The companion server: carries rooms of the core over WebSockets and keeps them on disk.

Decisions that need neither socket nor disk belong in `core.server`.
"""

from __future__ import annotations

__version__ = "0.1.0"
