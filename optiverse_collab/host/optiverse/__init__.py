"""Optiverse, the real one: all that we know of it, and all workarounds for it, are in this package."""

from optiverse_collab.host.optiverse.adapter import OptiverseHost

__all__ = ["OptiverseHost"]
