"""Labels that follow their component (0.3)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from optiverse_collab.host.optiverse.items.scene_bench import SceneBench


def connect_autolabels(bench: SceneBench, created: Collection[Any]) -> None:
    """Tie labels to their components, as opening a file does, where one of the two was created.

    Quirk: a component looks through the whole scene for its label.
    """
    owners = {getattr(item, "owner_uuid", None) or "" for item in bench.annotations()}
    new = {getattr(item, "owner_uuid", None) or item.item_uuid for item in created}
    for id in owners & new:
        owner = bench.items.get(id)
        if owner is not None and hasattr(owner, "connect_autolabel"):
            owner.connect_autolabel()
