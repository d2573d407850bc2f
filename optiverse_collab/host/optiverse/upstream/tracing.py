"""Optiverse's engine for rays, and what it draws them with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Protocol

from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QGraphicsScene

from optiverse_collab.host.optiverse.upstream.contract import loaded


class RayOverlay(Protocol):
    """What a renderer asks of the canvas: whether OpenGL draws the rays over it."""

    def has_ray_overlay(self) -> bool: ...


class RayLog(Protocol):
    """What the engine asks of the log."""

    def error(self, message: str, category: str, /) -> None: ...


class RayRenderer(Protocol):
    """Draws rays into a scene."""

    def __init__(self, scene: QGraphicsScene, view: RayOverlay) -> None: ...


class Rays(Protocol):
    """Has the rays that were traced last."""

    @property
    def ray_data(self) -> Sequence[object]: ...


class RaytracingController(Rays, Protocol):
    """Traces the rays of all sources in a scene."""

    autotrace: bool
    ray_width_px: float

    def __init__(
        self, scene: QGraphicsScene, ray_renderer: RayRenderer, log_service: RayLog, parent: QObject, /
    ) -> None: ...

    def retrace(self) -> None: ...

    def clear_rays(self) -> None: ...


class HasEventLimit(Protocol):
    """A controller with a limit for how many surfaces a ray meets (0.3)."""

    max_events: int


@dataclass(frozen=True)
class TracingNames:
    """Classes, and the modules that have them."""

    RayRenderer: Annotated[type[RayRenderer], "optiverse.ui.controllers.ray_renderer"]
    RaytracingController: Annotated[
        type[RaytracingController], "optiverse.ui.controllers.raytracing_controller"
    ]


@cache
def tracing_names() -> TracingNames:
    """The host's classes that trace rays.

    Raises:
        HostUnsupported: one is missing; the text says which.
    """
    return loaded(TracingNames)
