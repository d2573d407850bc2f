"""Which optiverse-collab the server needs: the surrounding checkout, or in a release its own version."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

RELEASE = "OPTIVERSE_COLLAB_RELEASE"
"""Set to 1 to build a release. Its source archive keeps the dependency of that moment."""


class CheckoutDependency(MetadataHookInterface):
    """Adds optiverse-collab to the dependencies in pyproject.toml."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the dependencies."""
        if os.environ.get(RELEASE) == "1":
            ours = f"optiverse-collab=={metadata['version']}"
        else:
            ours = f"optiverse-collab @ {Path(self.root).resolve().parent.as_uri()}"
        metadata["dependencies"] = [ours, *self.config["dependencies"]]
