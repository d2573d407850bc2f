"""How components and sources are read, made, and edited in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from optiverse_collab.host.optiverse.items.exact_edit import exact_edit
from optiverse_collab.host.optiverse.items.fields import accepts, default_of
from optiverse_collab.host.optiverse.items.images import Images
from optiverse_collab.host.optiverse.upstream.contract import has
from optiverse_collab.host.optiverse.upstream.item_names import item_names
from optiverse_collab.host.optiverse.upstream.items import (
    TYPE,
    Data,
    HasColor,
    HasGeometry,
    HasShape,
    HasSprite,
    Item,
    Optic,
    Props,
)

_NOT_PARAMS = {"x_mm", "y_mm", "angle_deg", "item_uuid", TYPE, "z_value", "locked"}
"""The place, the identity, and what the adapter sets for all kinds alike."""


class Optical:
    """Components, sources, and whatever else the host has in its registry of types.

    Args:
        images: finds the images of components.
    """

    def __init__(self, images: Images) -> None:
        self._images = images
        self._image_paths: Data = {}

    def read(self, item: Item) -> Data:
        """What `to_dict` gives.

        Quirk: it looks up the path of the image on disk each time, which takes ten times as long as
        everything else; so that is asked once for each path.
        """
        params = cast(Optic, item).params
        path = getattr(params, "image_path", None)
        if not path or path not in self._image_paths:
            data = item.to_dict()
            if path:
                self._image_paths[path] = data["image_path"]
                self._images.note(data["image_path"])
            return data
        params.image_path = None
        try:
            return {**item.to_dict(), "image_path": self._image_paths[path]}
        finally:
            params.image_path = path

    def make(self, data: Props) -> Item | None:
        """An item that is not on the bench yet; None if the host has no such type."""
        names = item_names()
        if names.TypeRegistry.get_class(data.get(TYPE, "")) is None:
            return None
        path = data.get("image_path")
        if not path:
            return names.deserialize_item(dict(data))
        here = self._images.find(path)
        item = names.deserialize_item({**data, "image_path": here})
        if item is not None and item.params.image_path != here:
            item.params.image_path = here
            _show(item, {"image_path"})
        return item

    def accepts(self, item_class: type, name: str, value: Any) -> bool:
        """Whether the host's objects can have this value."""
        if name == "interfaces":
            definition = item_names().InterfaceDefinition
            return all(accepts(definition, key, part[key]) for part in value or () for key in part)
        return accepts(cast(type[Optic], item_class).params_class, name, value)

    def write(self, item: Item, before: Props, after: Props) -> None:
        """Change the item from `before` to `after`."""
        optic = cast(Optic, item)
        names = {name for name in {**before, **after} if before.get(name) != after.get(name)}
        names |= before.keys() ^ after.keys()
        is_moved = bool(names & {"x_mm", "y_mm"}) and "x_mm" in after and "y_mm" in after
        place = (after["x_mm"], after["y_mm"]) if is_moved else None
        self.move(optic, place, after["angle_deg"] if "angle_deg" in names & after.keys() else None)
        rest = names - _NOT_PARAMS
        if rest:
            self._write_params(optic, rest, after)
            optic.update()

    def move(self, item: Optic, place: Sequence[float] | None, angle_deg: float | None) -> None:
        """Put the item there, and turn it to that angle; None to leave it."""
        with exact_edit(item):
            if place is not None:
                item.setPos(*place)
            if angle_deg is not None:
                item.setRotation(item_names().user_angle_to_qt(angle_deg))
            item._sync_params_from_item()
        item.update()

    def _write_params(self, item: Optic, names: set[str], after: Props) -> None:
        for name in names:
            if name in after:
                setattr(item.params, name, self._value(name, after[name]))
                continue
            try:
                setattr(item.params, name, default_of(type(item.params), name))
            except LookupError:
                vars(item.params).pop(name, None)
        if vars(item.params).get("interfaces", 0) is None:
            item.params.interfaces = []
        _show(item, names)

    def _value(self, name: str, value: Any) -> Any:
        """As `deserialize_item` makes it."""
        if name == "image_path" and value:
            return self._images.find(value)
        if name == "interfaces" and value:
            return [item_names().InterfaceDefinition.from_dict(part) for part in value]
        if isinstance(value, list) and name.endswith("_mm"):
            return tuple(value)
        return value


def _show(item: Optic, names: set[str]) -> None:
    """Update an item's appearance from its parameters of these names."""
    shown: object = item
    if "color_hex" in names and has(shown, HasColor):
        shown._color = item_names().qcolor_from_hex(item.params.color_hex)
    if names & {"image_path", "interfaces", "object_height_mm"} and has(shown, HasSprite):
        # Quirk: in 0.2.7 this also sets the z value, to 0 or -10.
        z = item.zValue()
        shown._maybe_attach_sprite()
        item.setZValue(z)
    if has(shown, HasShape):
        shown._update_shape()
    if has(shown, HasGeometry):
        shown._update_geom()
