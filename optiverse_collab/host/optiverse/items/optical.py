"""How components and sources are read, made, and edited in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optiverse_collab.host.optiverse.items.exact_edit import exact_edit
from optiverse_collab.host.optiverse.items.fields import accepts, default_of
from optiverse_collab.host.optiverse.items.images import Images
from optiverse_collab.host.optiverse.upstream import installed as stock

Data = Mapping[str, Any]

STACKING_AND_LOCK = ("z_value", "locked")
"""What the adapter sets itself, for all kinds alike."""


class Optical:
    """Components, sources, and whatever else the host has in its registry of types.

    Args:
        images: finds the images of components.
    """

    def __init__(self, images: Images) -> None:
        self._images = images
        self._image_paths: dict[str, Any] = {}

    def read(self, item: Any) -> dict[str, Any]:
        """What `to_dict` gives.

        Quirk: it looks up the path of the image on disk each time, which takes ten times as long as
        everything else; so that is asked once for each path.
        """
        path = getattr(item.params, "image_path", None)
        if not path or path not in self._image_paths:
            data: dict[str, Any] = item.to_dict()
            if path:
                self._image_paths[path] = data["image_path"]
            return data
        item.params.image_path = None
        try:
            return {**item.to_dict(), "image_path": self._image_paths[path]}
        finally:
            item.params.image_path = path

    def make(self, data: Data) -> Any:
        """An item that is not on the bench yet; None if the host has no such type."""
        if stock.load().TypeRegistry.get_class(data.get("_type")) is None:
            return None
        path = data.get("image_path")
        if not path:
            return stock.load().deserialize_item(dict(data))
        here = self._images.find(path)
        item = stock.load().deserialize_item({**data, "image_path": here})
        if item.params.image_path != here:
            item.params.image_path = here
            self._show(item, {"image_path"})
        return item

    def accepts(self, item_class: Any, name: str, value: Any) -> bool:
        """Whether the host's objects can have this value."""
        if name == "interfaces":
            definition = stock.load().InterfaceDefinition
            return all(accepts(definition, key, part[key]) for part in value or () for key in part)
        return accepts(item_class.params_class, name, value)

    def write(self, item: Any, before: Data, after: Data) -> None:
        """Turn what the item shows from `before` to `after`."""
        names = {name for name in {**before, **after} if before.get(name) != after.get(name)}
        names |= before.keys() ^ after.keys()
        with exact_edit(item):
            if names & {"x_mm", "y_mm"} and "x_mm" in after and "y_mm" in after:
                item.setPos(after["x_mm"], after["y_mm"])
            if "angle_deg" in names & after.keys():
                item.setRotation(stock.load().user_angle_to_qt(after["angle_deg"]))
            item._sync_params_from_item()
        rest = names - {"x_mm", "y_mm", "angle_deg", "item_uuid", "_type", *STACKING_AND_LOCK}
        if rest:
            self._write_params(item, rest, after)
        item.update()

    def _write_params(self, item: Any, names: set[str], after: Data) -> None:
        for name in names:
            if name in after:
                setattr(item.params, name, self._value(name, after[name]))
                continue
            try:
                setattr(item.params, name, default_of(type(item.params), name))
            except LookupError:
                vars(item.params).pop(name, None)
        if item.params.__dict__.get("interfaces", 0) is None:
            item.params.interfaces = []
        self._show(item, names)

    def _value(self, name: str, value: Any) -> Any:
        """As `deserialize_item` makes it."""
        if name == "image_path" and value:
            return self._images.find(value)
        if name == "interfaces" and value:
            return [stock.load().InterfaceDefinition.from_dict(part) for part in value]
        if isinstance(value, list) and name.endswith("_mm"):
            return tuple(value)
        return value

    def _show(self, item: Any, names: set[str]) -> None:
        if hasattr(item, "_color") and "color_hex" in names:
            item._color = stock.load().qcolor_from_hex(item.params.color_hex)
        if hasattr(item, "_maybe_attach_sprite") and names & {"image_path", "interfaces", "object_height_mm"}:
            # Quirk: in 0.2.7 this also sets the z value, to 0 or -10.
            z = item.zValue()
            item._maybe_attach_sprite()
            item.setZValue(z)
        for update in ("_update_shape", "_update_geom"):
            if hasattr(item, update):
                getattr(item, update)()
