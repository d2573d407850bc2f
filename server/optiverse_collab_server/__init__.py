"""The companion server: carries rooms of the core over WebSockets and keeps them on disk.

Whatever could be decided without a socket or a disk belongs in `core.server`.
"""

from __future__ import annotations

__version__ = "0.1.0"
