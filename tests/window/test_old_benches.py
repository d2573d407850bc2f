"""Two windows, and a bench that one of them replaces for everybody: PUSH-9, HIST."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QAbstractButton, QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from optiverse_collab.convert import bench_from_records, read_bench, write_bench
from optiverse_collab.core.records import Record
from optiverse_collab.window import replacing
from optiverse_collab.window.ui.choice_dialog import ReplacementChoice
from optiverse_collab.window.ui.preview import PreviewDialog
from optiverse_collab.wording import dialogs, timeline
from optiverse_collab.wording import replacements as wording
from tests.helpers.demo_window import KEYS
from tests.helpers.server_process import ServerProcess
from tests.helpers.user_input import click
from tests.helpers.windows import SOON, Desk

MOVED = [99.0, 88.0]

ITEMS = [
    {"_type": "source", "item_uuid": f"source {n}", "x_mm": 0.0, "y_mm": 40.0 * n, "angle_deg": 0.0}
    for n in range(3)
]


class Swept:
    """Ann and Bob share two lenses; then Ann opens a file with three sources and one of the lenses, moved."""

    def __init__(self, qtbot: QtBot, pair: tuple[Desk, Desk], folder: Path) -> None:
        self._qtbot = qtbot
        self.ann, self.bob = pair
        self.lenses = [self.ann.window.insert(KEYS["lens"]) for _ in range(2)]
        self.until(lambda: set(self.bob.window.bench.items) == {*self.lenses})
        self.before = self.bob.content()
        file = folder / "other.json"
        moved = {**self.ann.window.bench.items[self.lenses[0]].props, "pos": MOVED}
        known = bench_from_records({self.lenses[0]: Record(self.lenses[0], "component", moved)})["items"]
        write_bench(file, {"version": "2.0", "items": [*ITEMS, *known], "groups": []})
        self.ann.window.open_path(file)

    def replace(self) -> None:
        """Replace the session's bench with Ann's for everybody."""
        question = self.ann.controller.question
        assert question is not None
        click(question.buttons[ReplacementChoice.EVERYBODY])

    def until(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition, timeout=SOON)

    def press(self, desk: Desk, button: str, toast: int = -1) -> None:
        """Press a button of a notice; of the newest, unless the caller names another."""
        self.until(lambda: bool(desk.controller.reports.toasts.shown))
        shown = desk.controller.reports.toasts.shown[toast]
        click(next(one for one in shown.buttons if one.text() == button))

    def told(self, desk: Desk) -> list[str]:
        """The texts of the notices in a window."""
        return [toast.text for toast in desk.controller.reports.toasts.shown]

    def old_bench(self, desk: Desk) -> PreviewDialog:
        """The window in which a desk shows an old bench."""

        def found() -> list[PreviewDialog]:
            # Not `findChild`: with it, Qt warns when the connections among the children end.
            widgets = QApplication.topLevelWidgets()
            return [one for one in widgets if isinstance(one, PreviewDialog) and one.parent() is desk.window]

        self.until(lambda: bool(found()))
        return found()[0]


def button_of(dialog: PreviewDialog, text: str) -> QAbstractButton:
    """The button with this text."""
    return next(button for button in dialog.buttons.buttons() if button.text() == text)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Report a replacement soon after its last part."""
    monkeypatch.setattr(replacing, "QUIET_MS", 200)


@pytest.fixture
def swept(
    qtbot: QtBot,
    hasty: None,
    pair: tuple[Desk, Desk],
    server: ServerProcess,
    session_id: str,
    tmp_path: Path,
) -> Swept:
    for name, desk in zip(("Ann", "Bob"), pair, strict=True):
        desk.join(server.url, session_id, name)
    return Swept(qtbot, pair, tmp_path)


def test_everybody_hears_of_it_once(swept: Swept) -> None:
    """PUSH-9: with the author's name and counts of real changes, in a notice and in the log."""
    swept.replace()
    swept.until(lambda: bool(swept.told(swept.ann)) and bool(swept.told(swept.bob)))
    told = "replaced the bench for everybody: 1 item removed, 3 new, 1 changed."
    assert swept.told(swept.bob) == [f"Ann {told}"]
    assert swept.told(swept.ann) == [f"You {told}"]
    assert f"← Ann {told}" in swept.bob.log("INFO")
    assert len(swept.bob.window.bench.items) == 4


def test_anybody_can_look_at_the_old_one(swept: Swept, tmp_path: Path) -> None:
    """HIST-1: in a separate window; the user's bench, undo and file are unchanged."""
    swept.replace()
    swept.press(swept.bob, wording.SHOW_OLD)
    bob = swept.bob
    content, steps = bob.content(), bob.window.editor.undo_stack.count()
    dialog = swept.old_bench(bob)
    assert dialog.windowTitle() == "The bench before Ann replaced it"
    scene = dialog.view.scene()
    assert scene is not None
    assert scene.shown_items() == 2  # type: ignore[attr-defined]
    assert (bob.content(), bob.window.editor.undo_stack.count()) == (content, steps)
    click(button_of(dialog, dialogs.SAVE_AS_FILE))
    chooser = dialog.findChild(QFileDialog)
    assert isinstance(chooser, QFileDialog)
    chooser.fileSelected.emit(str(tmp_path / "old.json"))
    chooser.reject()
    saved = read_bench(tmp_path / "old.json")
    assert {item["item_uuid"] for item in saved["items"]} == {*swept.lenses}
    assert bob.content() == content
    dialog.close()


def test_anybody_can_bring_it_back(swept: Swept) -> None:
    """PUSH-9: in one step, which is announced too; undo reverts it in the window of its author."""
    swept.replace()
    swept.press(swept.bob, wording.BRING_BACK)
    swept.until(lambda: swept.ann.content() == swept.bob.content() == swept.before)
    swept.until(lambda: "Brought back 2 items, removed 3." in swept.told(swept.bob))
    told = "Bob brought an earlier bench back: 3 items removed, 1 new, 1 changed."
    swept.until(lambda: told in swept.told(swept.ann))
    assert swept.ann.window.editor.undo_stack.count() == 0
    swept.bob.window.editor.undo()
    swept.until(lambda: len(swept.ann.content()) == 4)
    swept.ann.until_same(swept.bob)
    assert swept.ann.window.bench.items[swept.lenses[0]].props["pos"] == MOVED


def test_what_others_did_meanwhile_stays(swept: Swept) -> None:
    """SEEN-4, SEEN-5, SEEN-7: Bob restores the bench that he looked at before Ann continued."""
    swept.replace()
    swept.press(swept.bob, wording.SHOW_OLD)
    dialog = swept.old_bench(swept.bob)
    swept.ann.window.editor.change("Move", {"source 1": {"pos": [7.0, 8.0]}})
    swept.until(lambda: swept.bob.window.bench.items["source 1"].props["pos"] == [7.0, 8.0])
    click(button_of(dialog, timeline.RESTORE_BENCH))
    told = "Brought back 2 items, removed 2; 1 was changed by Ann meanwhile and left."
    swept.until(lambda: told in swept.told(swept.bob))
    assert set(swept.ann.content()) == {*swept.lenses, "source 1"}
    swept.ann.until_same(swept.bob)


def test_the_last_replacement_is_in_the_menu(swept: Swept) -> None:
    entries = ("Show the bench before it was replaced", "Bring that bench back")
    assert not {*entries} & swept.bob.enabled
    swept.replace()
    swept.until(lambda: bool(swept.told(swept.bob)))
    assert {*entries} <= swept.bob.enabled
    swept.bob.controller.reports.toasts.clear()
    swept.bob.menu[entries[0]].trigger()
    swept.old_bench(swept.bob).close()
    swept.bob.menu[entries[1]].trigger()
    swept.until(lambda: swept.ann.content() == swept.before)
    swept.bob.manager.leave()
    swept.until(lambda: not {*entries} & swept.bob.enabled)


def test_without_a_connection_nothing_is_done(swept: Swept) -> None:
    swept.replace()
    swept.until(lambda: bool(swept.told(swept.bob)))
    session = swept.bob.manager.service.session
    assert session is not None
    session.closed()
    swept.press(swept.bob, wording.BRING_BACK)
    assert swept.told(swept.bob)[-1] == wording.NO_CONNECTION
