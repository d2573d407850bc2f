"""The companion server of optiverse-collab: sessions over WebSockets, kept on disk. No Qt."""

from __future__ import annotations

__version__ = "0.1.0"
