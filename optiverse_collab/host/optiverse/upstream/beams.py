"""Keeps Gaussian beams in the window that they belong to."""

from __future__ import annotations

import functools
from functools import cache
from importlib import import_module

from PyQt6.QtGui import QPainter
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget

_BEAM = "_GaussianBeamItem"
"""The class of their items; 0.2 has none."""


@cache
def repair_beams() -> None:
    """Let OpenGL paint beams only in widgets of OpenGL.

    Quirk: 0.3.4 only asks whether an OpenGL context is current. While another view is painted, that may be
    the context of the main window, in which the beam would then appear.
    """
    beam_class = getattr(import_module("optiverse.ui.controllers.ray_renderer"), _BEAM, None)
    if beam_class is None:
        return
    paint = beam_class.paint

    @functools.wraps(paint)
    def painted(
        item: object,
        painter: QPainter | None,
        option: QStyleOptionGraphicsItem | None,
        widget: QWidget | None = None,
    ) -> None:
        has_opengl = widget is not None and widget.inherits("QOpenGLWidget")
        paint(item, painter, option, widget if has_opengl else None)

    beam_class.paint = painted
