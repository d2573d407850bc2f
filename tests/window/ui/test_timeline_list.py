"""The list of what people did: rows, their texts, and what stays when it changes."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtTest import QAbstractItemModelTester
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.past_steps import PastStep
from optiverse_collab.core.records import Record
from optiverse_collab.window.ui.timeline_list import StepList, StepModel
from tests.helpers.user_input import click, press_key


def step(first: int, last: int | None = None, author: str = "Ana", name: str = "M3") -> PastStep:
    """Somebody moved an item by 3.2 mm."""
    before = Record(name, "component", {"name": name, "pos": [0.0, 0.0]})
    after = Record(name, "component", {"name": name, "pos": [3.2, 0.0]})
    return PastStep(first, last or first, 1000 * first, 1000 * first, author, "", ((name, before, after),))


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def list_(window: QWidget) -> StepList:
    made = StepList(window)
    made.resize(300, 200)
    window.resize(300, 200)
    window.show()
    return made


def texts(model: StepModel, role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole) -> list[str]:
    return [model.data(model.index(row), role) for row in range(model.rowCount())]


def test_newest_first_with_time_and_person(list_: StepList) -> None:
    model = list_.model_of_steps
    model.show([step(1), step(2, author="Ben", name="Lens")])
    first, second = texts(model)
    assert first.endswith('  Ben\nmoved "Lens" by 3.2 mm')
    assert second.endswith('  Ana\nmoved "M3" by 3.2 mm')
    spoken, _ = texts(model, Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.endswith('Ben, moved "Lens" by 3.2 mm')


def test_names_are_no_markup(list_: StepList) -> None:
    model = list_.model_of_steps
    model.show([step(1, author="<b>Ana</b>\n\u202e", name="<img src=x>")])
    [tip] = texts(model, Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b&gt;Ana&lt;/b&gt;\\n\\u202e" in tip
    assert "<img" not in tip


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], [1, 2]),
        ([1, 2], [1, 2, 3]),
        ([2, 3], [1, 2, 3]),
        ([1, 2, 3], [1, 2]),
        ([1, 2, 3], [1, 3]),
        ([1, 3], [1, 2, 3]),
        ([1, 2], [3, 4]),
        ([1, 2, 3], []),
        ([1, 2, 3, 4], [2, 5, 4]),
    ],
)
def test_rows_that_stay_keep_the_selection(before: list[int], after: list[int], list_: StepList) -> None:
    """Qt's own test of models watches each step."""
    model = list_.model_of_steps
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    for clock in before or [0]:
        model.show([step(one) for one in before])
        list_.select(step(clock))
        model.show([step(one) for one in after])
        assert [one.first for one in model.steps] == after[::-1]
        if clock in before and clock in after and len(before) < 4:
            assert list_.current == step(clock)
    assert tester.model() is model


def test_a_step_that_goes_on_changes_its_row(list_: StepList) -> None:
    model = list_.model_of_steps
    model.show([step(1), step(2)])
    model.show([step(1), step(2, 5, name="Lens")])
    assert '"Lens"' in texts(model)[0]
    assert isinstance(model, QAbstractItemModel)
    assert model.rowCount(model.index(0)) == 0
    assert model.data(QModelIndex()) is None


def rest(viewport: QWidget, at: QPoint) -> None:
    """Move the mouse there, whatever buttons another test has left pressed."""
    none, global_at = Qt.MouseButton.NoButton, QPointF(viewport.mapToGlobal(at))
    keys = Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(QEvent.Type.MouseMove, QPointF(at), global_at, none, none, keys)
    QApplication.sendEvent(viewport, event)


def test_mouse_and_keyboard(list_: StepList) -> None:
    hovered: list[PastStep | None] = []
    opened: list[PastStep | None] = []
    list_.hovered.connect(hovered.append)
    list_.opened.connect(opened.append)
    list_.model_of_steps.show([step(1), step(2)])
    viewport = list_.viewport()
    assert viewport is not None
    at = list_.visualRect(list_.model_of_steps.index(1)).center()
    rest(viewport, at)
    assert hovered[-1:] == [step(1)]
    rest(viewport, QPoint(5, 190))
    assert hovered[-1:] == [None]
    click(viewport, at)
    assert opened[:1] == [step(1)]
    opened.clear()
    list_.setFocus()
    press_key(list_, Qt.Key.Key_Up)
    assert list_.current == step(2)
    press_key(list_, Qt.Key.Key_Return)
    assert opened == [step(2)]


def test_the_view_does_not_follow_what_is_not_listed(list_: StepList) -> None:
    list_.model_of_steps.show([step(1), step(2)])
    list_.select(step(1))
    list_.select(step(9))
    assert list_.current is None
    list_.select(None)
    assert list_.current is None
