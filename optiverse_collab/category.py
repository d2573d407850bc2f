"""The category under which a host's log shows what we write."""

from __future__ import annotations

from optiverse_collab.errors import ManifestError

USUAL = "Collaboration"
"""For when not even the manifest can be read, and something has to say so."""


def log_category() -> str:
    """The manifest's category."""
    try:
        from optiverse_collab.manifest import load

        return load().plugin.log_category
    except (ManifestError, ImportError):
        return USUAL
