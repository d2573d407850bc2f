"""The classes and functions of Optiverse that are about items."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from PyQt6.QtGui import QColor

from optiverse_collab.host.optiverse.upstream.contract import loaded
from optiverse_collab.host.optiverse.upstream.items import (
    AngleMeasure,
    Component,
    Data,
    Interface,
    Optic,
    PathMeasure,
    Rectangle,
    Ruler,
    TextNote,
    TypeRegistry,
)


@dataclass(frozen=True)
class ItemNames:
    """Classes and functions, and the modules that have them."""

    BaseObj: Annotated[type[Optic], "optiverse.objects"]
    ComponentItem: Annotated[type[Component], "optiverse.objects.generic.component_item"]
    RulerItem: Annotated[type[Ruler], "optiverse.objects.annotations"]
    TextNoteItem: Annotated[type[TextNote], "optiverse.objects.annotations"]
    RectangleItem: Annotated[type[Rectangle], "optiverse.objects"]
    AngleMeasureItem: Annotated[type[AngleMeasure], "optiverse.objects.annotations.angle_measure_item"]
    PathMeasureItem: Annotated[type[PathMeasure], "optiverse.objects.annotations.path_measure_item"]
    InterfaceDefinition: Annotated[type[Interface], "optiverse.core.interface_definition"]
    TypeRegistry: Annotated[type[TypeRegistry], "optiverse.objects.type_registry"]
    deserialize_item: Annotated[Callable[[Data], Optic | None], "optiverse.objects.type_registry"]
    user_angle_to_qt: Annotated[Callable[[float], float], "optiverse.core.raytracing_math"]
    qt_angle_to_user: Annotated[Callable[[float], float], "optiverse.core.raytracing_math"]
    qcolor_from_hex: Annotated[Callable[[str], QColor], "optiverse.core.color_utils"]
    to_absolute_path: Annotated[Callable[[str, Sequence[Path]], str | None], "optiverse.platform.paths"]
    get_all_library_roots: Annotated[Callable[[], list[Path]], "optiverse.platform.paths"]
    get_builtin_library_root: Annotated[Callable[[], Path], "optiverse.platform.paths"]


@cache
def item_names() -> ItemNames:
    """The host's classes and functions that are about items.

    Raises:
        HostUnsupported: one is missing; the text says which.
    """
    return loaded(ItemNames)
