"""Rays of a picture: the window's engine and settings, and nothing of them in the window."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PyQt6.QtGui import QPen
from PyQt6.QtWidgets import QGraphicsPathItem

from optiverse_collab.core.records import Record
from optiverse_collab.host.optiverse.adapter import OptiverseHost
from optiverse_collab.host.optiverse.picture import OptiversePicture
from tests.helpers.optiverse_user import User, events
from tests.helpers.optiverse_window import window_of

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]


@pytest.fixture
def bench(host: OptiverseHost) -> dict[str, Record]:
    """A source, and a mirror in its way, both of them on the window's bench."""
    user = User(window_of(host))
    user.place("source", 0.0, 0.0)
    user.place("mirror", 100.0, 0.0)
    events()
    return host.records()


@pytest.fixture
def picture(host: OptiverseHost) -> Iterator[OptiversePicture]:
    """An empty one."""
    made = host.picture()
    yield made
    made.scene.deleteLater()


def rays(picture: OptiversePicture) -> list[QGraphicsPathItem]:
    return [item for item in picture.scene.items() if isinstance(item, QGraphicsPathItem)]


def with_mirror_at(bench: dict[str, Record], x_mm: float) -> dict[str, Record]:
    """The bench, with its component elsewhere."""
    return {
        id: Record(id, one.kind, {**one.props, "pos": [x_mm, 0.0]}) if one.kind == "component" else one
        for id, one in bench.items()
    }


def test_rays_follow_the_shown_bench(bench: dict[str, Record], picture: OptiversePicture) -> None:
    farthest = {}
    for x_mm in (100.0, 150.0, 120.0):
        picture.show(with_mirror_at(bench, x_mm))
        farthest[x_mm] = max(ray.path().boundingRect().right() for ray in rays(picture))
    assert farthest[100.0] == pytest.approx(farthest[150.0] - 50.0) == pytest.approx(farthest[120.0] - 20.0)
    lone = {id: one for id, one in bench.items() if one.kind == "component"}
    picture.show(lone)
    assert rays(picture) == []


def test_rays_of_the_window_stay(
    host: OptiverseHost, bench: dict[str, Record], picture: OptiversePicture
) -> None:
    window = window_of(host)
    window.retrace()
    traced = list(window.ray_data)
    assert traced
    picture.show(with_mirror_at(bench, 50.0))
    picture.show({})
    events()
    assert all(now is before for now, before in zip(window.ray_data, traced, strict=True))


def test_width_of_the_windows_rays_applies(
    host: OptiverseHost, bench: dict[str, Record], picture: OptiversePicture
) -> None:
    window = window_of(host)
    before, widths = window.raytracing_controller.ray_width_px, []
    for width in (2.0, 4.0):
        window.raytracing_controller.ray_width_px = width
        picture.show(bench)
        pen: QPen = rays(picture)[0].pen()
        widths.append(pen.widthF())
    window.raytracing_controller.ray_width_px = before
    assert widths[1] == 2 * widths[0]


def test_without_automatic_rays_there_are_none(
    host: OptiverseHost, bench: dict[str, Record], picture: OptiversePicture
) -> None:
    window = window_of(host)
    picture.show(bench)
    assert rays(picture)
    window.autotrace = False
    try:
        picture.show(with_mirror_at(bench, 50.0))
        events()
        assert rays(picture) == []
    finally:
        window.autotrace = True


def test_fault_of_the_engine_reaches_no_user(
    host: OptiverseHost, bench: dict[str, Record], picture: OptiversePicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bench is shown without its rays, and the next one has its rays again."""

    def fail(*args: Any, **options: Any) -> None:
        raise ArithmeticError("a ray of no length")

    window = window_of(host)
    with monkeypatch.context() as broken:
        broken.setattr("optiverse.raytracing.trace_rays_polymorphic", fail)
        picture.show(bench)
    assert rays(picture) == []
    assert picture.scene.items()
    lines = [one for one in window.log_service.get_messages() if "no length" in one.message]
    assert {one.level.name for one in lines} == {"DEBUG"}
    picture.show(bench)
    assert rays(picture)
