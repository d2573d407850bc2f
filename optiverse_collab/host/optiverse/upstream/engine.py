"""Optiverse's engine for rays, apart from its windows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Protocol

from optiverse_collab.host.optiverse.upstream.contract import loaded
from optiverse_collab.host.optiverse.upstream.items import Interface


class Placed(Protocol):
    """All that the engine asks of an item."""

    def get_interfaces_scene(self) -> Sequence[tuple[object, object, Interface]]:
        """The interfaces with their ends on the bench [mm]."""


class Element(Protocol):
    """An optical interface, as the engine has it.

    Attributes:
        interact: called for each ray that meets it; returns the rays that leave it.
    """

    interact: Callable[..., Sequence[object]]


class SourceProperties(Protocol):
    """The properties of a source."""

    def __init__(self, **values: Any) -> None: ...


class RayPath(Protocol):
    """The way of a ray [mm]."""

    points: Sequence[Sequence[float]]


@dataclass(frozen=True)
class EngineNames:
    """Classes and functions, and the modules that have them."""

    InterfaceDefinition: Annotated[type[Interface], "optiverse.core.interface_definition"]
    SourceParams: Annotated[type[SourceProperties], "optiverse.core.models"]
    MAX_RAYTRACING_EVENTS: Annotated[int, "optiverse.core.constants"]
    convert_scene_to_polymorphic: Annotated[
        Callable[[Iterable[Placed]], list[Element]], "optiverse.integration"
    ]
    trace_rays_polymorphic: Annotated[Callable[..., Sequence[RayPath]], "optiverse.raytracing"]


@cache
def engine_names() -> EngineNames:
    """The host's classes and functions that trace rays.

    Raises:
        HostUnsupported: one is missing; the text says which.
    """
    return loaded(EngineNames)
