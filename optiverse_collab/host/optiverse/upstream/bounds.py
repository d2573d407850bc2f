"""Tells Qt in time when the bounding rectangle of one of the host's items changes.

Quirk: Qt files each item of a scene under its bounding rectangle, and has to hear of a change before it
happens (`prepareGeometryChange`). Some items of the host say so too late, or never. When such an item is
removed, Qt looks for it in the wrong places and keeps a pointer to it. Once the item is deleted, the next
paint of such a place ends the program with a segmentation fault.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from functools import cache
from typing import Concatenate, ParamSpec, TypeVar

from PyQt6.QtCore import QRectF
from PyQt6.QtWidgets import QGraphicsItem

from optiverse_collab.host.optiverse.upstream.contract import as_qt, has
from optiverse_collab.host.optiverse.upstream.item_names import item_names
from optiverse_collab.host.optiverse.upstream.items import GraphicsItem, HasImage, Optic

_P = ParamSpec("_P")
_R = TypeVar("_R")

_TOO_LATE = {
    "AngleMeasureItem": ("set_point2", "mouseMoveEvent", "apply_state"),
    "PathMeasureItem": ("set_target_length", "mouseMoveEvent", "apply_state"),
    "ComponentItem": ("_maybe_attach_sprite",),
}
"""Class → its methods that change the bounding rectangle first and say so afterwards."""


@cache
def repair_bounds() -> None:
    """Make the host's items announce each change of their bounding rectangle, from the start.

    An item that Qt has filed wrongly stays so.

    Raises:
        HostUnsupported: there is no such class; the text says which.
    """
    names = item_names()
    for name, methods in _TOO_LATE.items():
        item_class = getattr(names, name)
        for method in methods:
            if hasattr(item_class, method):
                setattr(item_class, method, _announced(getattr(item_class, method)))
    names.BaseObj._sprite_rect_in_item = _image_area  # type: ignore[method-assign, assignment]


def _announced(
    method: Callable[Concatenate[GraphicsItem, _P], _R],
) -> Callable[Concatenate[GraphicsItem, _P], _R]:
    """A method that announces a change before it does anything else."""

    @functools.wraps(method)
    def announced(item: GraphicsItem, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        item.prepareGeometryChange()
        return method(item, *args, **kwargs)

    return announced


def _image_area(item: Optic, /) -> QRectF | None:
    """The area of a component's image, in the component's coordinates; None without an image.

    Quirk: the host leaves the image out while the component is hidden, so that hiding a component in the
    layer panel changes its bounding rectangle, of which Qt hears nothing.
    """
    image = item._sprite if has(item, HasImage) else None
    if image is None or not image.isVisibleTo(as_qt(item, QGraphicsItem)):
        return None
    return image.mapRectToParent(image.boundingRect())
