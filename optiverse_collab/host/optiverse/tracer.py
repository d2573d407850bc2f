"""Traces the rays of a scene other than the window's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PyQt6.QtWidgets import QGraphicsScene

from optiverse_collab.host.optiverse.upstream.contract import has
from optiverse_collab.host.optiverse.upstream.tracing import HasEventLimit, tracing_names
from optiverse_collab.host.optiverse.upstream.window import Window


class _NoOverlay:
    """Stands in for the canvas: the rays are items of the scene."""

    def has_ray_overlay(self) -> bool:
        return False


class _Log(NamedTuple):
    """Stands in for the log: a fault of an old bench is not the user's."""

    debug: Callable[[str], None]

    def error(self, message: str, category: str) -> None:
        self.debug(message)


class Tracer:
    """Draws rays with the host's own engine, as the window would.

    Args:
        window: whose settings apply.
        scene: gets the rays.
        debug: takes a line about a fault.
    """

    def __init__(self, window: Window, scene: QGraphicsScene, debug: Callable[[str], None]) -> None:
        names = tracing_names()
        self._window = window
        self._engine = names.RaytracingController(
            scene, names.RayRenderer(scene, _NoOverlay()), _Log(debug), scene
        )
        self._engine.autotrace = False  # Otherwise a new width would trace once more, later.

    @property
    def ray_data(self) -> Sequence[object]:
        """The rays that were traced last."""
        return self._engine.ray_data

    def trace(self) -> None:
        """Replace the rays; there are none if the window doesn't trace rays automatically."""
        engine, settings = self._engine, self._window.raytracing_controller
        engine.ray_width_px = settings.ray_width_px
        _copy_limit(settings, engine)
        if self._window.autotrace:
            engine.retrace()
        else:
            engine.clear_rays()


def _copy_limit(settings: object, engine: object) -> None:
    if has(settings, HasEventLimit) and has(engine, HasEventLimit):
        engine.max_events = settings.max_events
