"""Labels that follow their component (0.3)."""

from __future__ import annotations

from collections.abc import Collection

from optiverse_collab.host.optiverse.items.scene_bench import SceneBench
from optiverse_collab.host.optiverse.upstream.contract import has
from optiverse_collab.host.optiverse.upstream.items import HasAutolabels, Item, owner_of


def connect_autolabels(bench: SceneBench, created: Collection[Item]) -> None:
    """Tie labels to their components, as opening a file does, where one of the two was created.

    Quirk: a component looks through the whole scene for its label.
    """
    if not created:
        return
    owners = {owner_of(item) or "" for item in bench.annotations()}
    new = {owner_of(item) or item.item_uuid for item in created}
    for id in owners & new:
        owner = bench.items.get(id)
        if has(owner, HasAutolabels):
            owner.connect_autolabel()
