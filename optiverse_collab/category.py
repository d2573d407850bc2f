"""The category under which a host's log shows what we write.

Only the standard library is imported at first: this has to work where our dependencies are missing.
"""

from __future__ import annotations

USUAL = "Collaboration"
"""For when not even the manifest can be read, and something has to say so."""


def log_category() -> str:
    """The manifest's category."""
    try:
        from optiverse_collab import manifest
    except ImportError:
        return USUAL
    from optiverse_collab.errors import ManifestError

    try:
        return manifest.load().plugin.log_category
    except ManifestError:
        return USUAL
