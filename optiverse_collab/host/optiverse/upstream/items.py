"""The items on Optiverse's canvas.

A Protocol declares what all items of a kind have, in both versions. Those called `Has…` declare what some
items have and others don't: an item has all of it, or nothing, which `contract.has` tells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Protocol, TypeGuard

from PyQt6.QtCore import QPointF, QRectF, pyqtBoundSignal
from PyQt6.QtGui import QColor, QFont, QPainterPath
from PyQt6.QtWidgets import QGraphicsItem, QGraphicsScene

Data = dict[str, Any]
"""JSON: what `to_dict` gives and files have, or the properties of a record."""

Props = Mapping[str, Any]
"""The same, to be read."""


TYPE = "_type"
"""Names the kind of a component or a source in its data."""


class GraphicsItem(Protocol):
    """The methods of every Qt item."""

    xChanged: pyqtBoundSignal
    yChanged: pyqtBoundSignal
    zChanged: pyqtBoundSignal
    rotationChanged: pyqtBoundSignal

    def scene(self) -> QGraphicsScene | None: ...

    def pos(self) -> QPointF: ...

    def x(self) -> float: ...

    def y(self) -> float: ...

    def setPos(self, x: float, y: float, /) -> None: ...

    def rotation(self) -> float: ...

    def setRotation(self, angle: float, /) -> None: ...

    def zValue(self) -> float: ...

    def setZValue(self, z: float, /) -> None: ...

    def shape(self) -> QPainterPath: ...

    def mapToScene(self, path: QPainterPath, /) -> QPainterPath: ...

    def prepareGeometryChange(self) -> None: ...

    def update(self) -> None: ...


class Item(GraphicsItem, Protocol):
    """Anything that can be on the bench."""

    item_uuid: str

    def to_dict(self) -> Data: ...


class HasLock(Protocol):
    """An item that can be locked: components and sources, and in 0.3 most of the others too."""

    _locked: bool

    def set_locked(self, locked: bool, /) -> None: ...


NAME = "display_name"
"""The property of a record that holds what an annotation is called in the layer panel."""


class HasName(Protocol):
    """An annotation that can be renamed in the layer panel; files of the host don't hold its name (0.3)."""

    display_name: str | None


class HasEditor(Protocol):
    """An item with a dialog."""

    def open_editor(self) -> object: ...


class HasState(Protocol):
    """An item whose edits are undone by restoring its state."""

    def capture_state(self) -> Data: ...


class Interface(Protocol):
    """An optical interface of a component."""

    @classmethod
    def from_dict(cls, data: Data) -> Interface: ...


class Params(Protocol):
    """The properties of a component or a source; there may be more of them."""

    image_path: str | None
    color_hex: str
    interfaces: list[Interface]


class Optic(Item, HasLock, HasEditor, HasState, Protocol):
    """Components and sources."""

    params: Params
    params_class: type
    edited: pyqtBoundSignal
    _ready: bool

    def _sync_params_from_item(self) -> None: ...

    def _sprite_rect_in_item(self) -> QRectF | None: ...


class HasSprite(Protocol):
    """A component with an image."""

    def _maybe_attach_sprite(self) -> None: ...


class HasImage(Protocol):
    """A component with a place for its image."""

    _sprite: QGraphicsItem | None


class HasGeometry(Protocol):
    """A component drawn along its interfaces."""

    def _update_geom(self) -> None: ...


class HasColor(Protocol):
    """A source drawn in the colour of its light."""

    _color: QColor


class HasShape(Protocol):
    """A source drawn as large as its aperture."""

    def _update_shape(self) -> None: ...


class HasAutolabels(Protocol):
    """A component with labels that follow it (0.3)."""

    def connect_autolabel(self) -> None: ...


class Component(Optic, HasSprite, HasGeometry, Protocol):
    """Lenses, mirrors, and whatever else light meets."""


class Source(Optic, HasColor, HasShape, Protocol):
    """Where light comes from."""


class Annotation(Item, Protocol):
    """An annotation on the bench."""

    @staticmethod
    def from_dict(data: Data, /) -> Annotation | None: ...


class Ruler(Annotation, HasState, Protocol):
    """A distance along two points or more."""

    _points: list[QPointF]


class TextDocument(Protocol):
    """The text of a note."""

    contentsChanged: pyqtBoundSignal


class HasDocument(Protocol):
    """A note, which is edited on the canvas."""

    def document(self) -> TextDocument: ...


class TextNote(Annotation, HasDocument, Protocol):
    """A text."""

    def toPlainText(self) -> str: ...

    def setPlainText(self, text: str, /) -> None: ...

    def defaultTextColor(self) -> QColor: ...

    def setDefaultTextColor(self, color: QColor, /) -> None: ...

    def font(self) -> QFont: ...

    def setFont(self, font: QFont, /) -> None: ...


class HasOwner(Protocol):
    """A note that can follow a component (0.3)."""

    owner_uuid: str | None
    _owner_offset: QPointF


class Rectangle(Annotation, HasEditor, Protocol):
    """A box."""

    _w: float
    _h: float


class AngleMeasure(Annotation, HasState, Protocol):
    """An angle between two arms."""

    _vertex: QPointF
    _point1: QPointF
    _point2: QPointF


class PathMeasure(Annotation, HasState, Protocol):
    """A distance along a ray."""

    start_param: float
    end_param: float
    _ray_index: int
    _label_prefix: str
    _full_path_points: Sequence[object]

    @staticmethod
    def from_dict(data: Data, ray_data: Sequence[object] | None = None, /) -> PathMeasure | None: ...

    def update_path(self, points: Sequence[object], /) -> None: ...


class TypeRegistry(Protocol):
    """The kinds of components and sources."""

    @classmethod
    def get_class(cls, type_name: str) -> type[Optic] | None: ...


def id_of(thing: object) -> str | None:
    """The id of an item; None of whatever else lies on the canvas."""
    id = getattr(thing, "item_uuid", None)
    return id if isinstance(id, str) else None


def owner_of(item: Item) -> str | None:
    """The id of the component that a note follows, if it follows one (0.3)."""
    owner: str | None = getattr(item, "owner_uuid", None)
    return owner


def is_optic(item: Item) -> TypeGuard[Optic]:
    """Whether an item is a component or a source; many times a second, so one attribute decides."""
    return hasattr(item, "params")


def is_item(thing: object) -> TypeGuard[Item]:
    """Whether something on the canvas can be on the bench; there are more rays and sprites, which can't."""
    cls: type = type(thing)
    return _is_item_class(cls)


@cache
def _is_item_class(cls: type) -> bool:
    return hasattr(cls, "to_dict")
