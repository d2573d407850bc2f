"""A picture of a large bench is brought up in steps."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QGraphicsScene
from pytestqt.qtbot import QtBot

from optiverse_collab.core.records import Record
from optiverse_collab.window.ui.picture_builder import AT_ONCE, PictureBuilder
from tests.helpers.windows import SOON


class Shown:
    """A picture that remembers what it was asked to show."""

    def __init__(self) -> None:
        self.scene = QGraphicsScene()
        self.benches: list[dict[str, Record]] = []

    def show(self, records: Mapping[str, Record]) -> None:
        self.benches.append(dict(records))

    def outline(self, id: str) -> None:
        return None


def bench(count: int, x: float = 0.0) -> dict[str, Record]:
    """A source, and components."""
    parts = [Record(f"m{number}", "component", {"pos": [x, number]}) for number in range(count - 1)]
    return {one.id: one for one in (Record("laser", "source", {"pos": [x, 0.0]}), *parts)}


@pytest.fixture
def owner(qtbot: QtBot) -> QObject:
    return QObject()


@pytest.fixture
def picture() -> Shown:
    return Shown()


@pytest.fixture
def builder(owner: QObject, picture: Shown) -> PictureBuilder:
    return PictureBuilder(picture, owner)


def test_a_few_differences_show_at_once(picture: Shown, builder: PictureBuilder) -> None:
    """As while a slider moves, whatever the size of the bench."""
    done: list[None] = []
    builder.built.connect(lambda: done.append(None))
    builder.show(bench(AT_ONCE))
    assert builder.is_done
    builder.show(bench(AT_ONCE - 1))
    assert [len(one) for one in picture.benches] == [AT_ONCE, AT_ONCE - 1]
    assert len(done) == 2


def test_a_large_bench_grows(qtbot: QtBot, picture: Shown, builder: PictureBuilder) -> None:
    """Its sources come last: with them, each step would trace the beams again."""
    wanted = bench(1000)
    builder.show(wanted)
    assert not builder.is_done
    assert picture.benches == []
    qtbot.waitUntil(lambda: builder.is_done, timeout=SOON)
    assert len(picture.benches) > 2
    sizes = [len(one) for one in picture.benches]
    assert sizes == sorted(sizes)
    assert ["laser" in one for one in picture.benches] == [False] * (len(sizes) - 1) + [True]
    assert list(picture.benches[-1]) == list(wanted)


def test_another_bench_meanwhile_is_the_one(qtbot: QtBot, picture: Shown, builder: PictureBuilder) -> None:
    builder.show(bench(1000))
    qtbot.waitUntil(lambda: bool(picture.benches), timeout=SOON)
    other = bench(500, x=7.0)
    builder.show(other)
    qtbot.waitUntil(lambda: builder.is_done, timeout=SOON)
    assert picture.benches[-1] == other
