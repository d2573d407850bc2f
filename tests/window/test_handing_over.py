"""Files with edits that their author may not send."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from optiverse_collab.convert import bench_from_records, read_bench, same_bench
from optiverse_collab.window.handing_over import HandingOver
from optiverse_collab_demo.templates import TEMPLATES
from tests.helpers.server_process import ServerProcess
from tests.helpers.windows import SOON, Desk, desks

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def me(qtbot: QtBot, server: ServerProcess, session_id: str) -> Iterator[Desk]:
    with desks(qtbot, 1) as [desk]:
        desk.window.insert(TEMPLATES[0])
        desk.join(server.url, session_id, "Ann")
        yield desk


def of(desk: Desk) -> HandingOver:
    return desk.controller.handing_over


def dialog_of(desk: Desk) -> QFileDialog:
    """The file dialog that is open."""
    [dialog] = [one for one in desk.window.findChildren(QFileDialog) if one.isVisible()]
    return dialog


@pytest.mark.parametrize(("asks", "suffix"), [("ask_where_bench", "json"), ("ask_where_edits", "edits")])
def test_where_to_save_is_asked(me: Desk, asks: str, suffix: str) -> None:
    getattr(of(me), asks)()
    dialog = dialog_of(me)
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    assert dialog.defaultSuffix() == suffix
    assert "&" not in dialog.windowTitle()
    dialog.reject()


def test_the_visible_bench_is_saved(qtbot: QtBot, me: Desk, tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    of(me).ask_where_bench()
    dialog = dialog_of(me)
    dialog.fileSelected.emit(str(file))
    dialog.reject()
    qtbot.waitUntil(lambda: any(str(file) in line for line in me.log("INFO")), timeout=SOON)
    assert same_bench(read_bench(file), bench_from_records(me.session_records())) == []


def test_edits_of_others_are_chosen_from_the_menu(me: Desk) -> None:
    me.menu["Import edits…"].trigger()
    dialog = dialog_of(me)
    assert dialog.fileMode() is QFileDialog.FileMode.ExistingFile
    dialog.reject()
    me.manager.close()
    assert "Import edits…" not in me.enabled


def test_what_fails_is_said(qtbot: QtBot, me: Desk, tmp_path: Path) -> None:
    of(me).import_edits(tmp_path / "nowhere.edits")
    qtbot.waitUntil(lambda: bool(me.log("WARNING")), timeout=SOON)
    assert "can't be read" in me.log("WARNING")[0]
    assert [toast.text for toast in me.controller.reports.toasts.shown] == [me.log("WARNING")[0].lstrip("✗ ")]


def test_edits_that_arrive_after_the_session_are_let_go(me: Desk) -> None:
    me.manager.close()
    of(me)._on_read(("Bob", []))
    assert not any("Bob" in line for line in me.log())
