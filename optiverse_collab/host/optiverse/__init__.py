"""Optiverse, the real one: all that we know of it, and all workarounds for it, are in this package."""
