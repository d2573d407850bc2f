"""The ways to change a bench with files: opened, recovered, imported; and with the component editor."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from PyQt6.QtWidgets import QAbstractButton, QDialog, QDialogButtonBox, QMessageBox

from tests.helpers import user_input
from tests.helpers.optiverse_edit_methods import GROUP, ITEMS, EditMethod, Thing, all_but, of
from tests.helpers.optiverse_mouse import NotOffered
from tests.helpers.optiverse_session import Participant
from tests.helpers.optiverse_user import answer, events

SECTIONS = {
    "ruler": "rulers",
    "text": "texts",
    "rectangle": "rectangles",
    "path_measure": "path_measures",
}
"""Kind → its key in a file; all others are in ``items``."""


def edited(one: Participant, thing: Thing) -> dict[str, Any]:
    """A file with the items on the bench, except that the thing differs."""
    bench: dict[str, Any] = json.loads(json.dumps(one.saved()))
    ids = {item.item_uuid for item in thing.items}
    for data in bench.get(SECTIONS.get(thing.kind, "items"), []):
        if data["item_uuid"] in ids:
            for name in data.keys() & {"x_mm", "x", "start_param"}:
                data[name] += 0.125
            if "points" in data:
                data["points"][1][0] += 0.125
    return bench


def _open(one: Participant, thing: Thing) -> None:
    one.user.come()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bench.json"
        path.write_text(json.dumps(edited(one, thing)), "utf-8")
        with _choosing(path):
            if one.panel.has_layers:
                answer(one.window.act_open.trigger, _click("Discard"))
            else:  # 0.2 does not ask about unsaved changes
                one.window.act_open.trigger()
    one.window.file_controller.saved_file_path = None


def _recover(one: Participant, thing: Thing) -> None:
    """Start with an autosave of another bench; without a screen the host would not ask."""
    files = one.window.file_controller
    path = Path(files.file_manager.get_autosave_path())
    meta = {"timestamp": "2026-01-02T03:04:05", "original_path": None, "version": "2.0"}
    path.write_text(json.dumps({**edited(one, thing), "_autosave_meta": meta}), "utf-8")
    try:
        with patch.dict(os.environ, {"QT_QPA_PLATFORM": "xcb"}):
            answer(files.check_autosave_recovery, _click("Yes"))
    finally:
        path.unlink()


def _import(one: Participant, thing: Thing) -> None:
    text = json.dumps(edited(one, thing))
    bench = json.loads(text)
    ids = {data["item_uuid"] for section in ("items", *SECTIONS.values()) for data in bench.get(section, [])}
    for id in ids | {thing.group or "nobody"}:
        text = text.replace(id, str(uuid.uuid4()))
    bench = json.loads(text)
    keep = SECTIONS.get(thing.kind, "items")
    for section in {"items", *SECTIONS.values()} - {keep}:
        bench.pop(section, None)
    if thing.kind == "angle_measure":
        bench.pop("items")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "telescope.json"
        path.write_text(json.dumps(bench), "utf-8")
        with _choosing(path), patch("PyQt6.QtWidgets.QMessageBox.information"):
            one.window.act_import_as_layer.trigger()
    events()


def _choosing(path: Path) -> Any:
    return patch("PyQt6.QtWidgets.QFileDialog.getOpenFileName", lambda *args, **kwargs: (str(path), ""))


def _click(what: str) -> Callable[[QDialog], None]:
    """Answer a dialog, and those that follow, with a button of this name or the default."""

    def reply(dialog: QDialog) -> None:
        if isinstance(dialog, QMessageBox):
            button = dialog.button(QMessageBox.StandardButton[what]) or dialog.defaultButton()
            (button or dialog.buttons()[0]).click()
        else:
            box = dialog.findChild(QDialogButtonBox)
            assert box is not None
            found: QAbstractButton | None = box.button(QDialogButtonBox.StandardButton[what])
            assert found is not None
            user_input.click(found)

    return reply


def _apply_to_all(one: Participant, thing: Thing) -> None:
    if thing.kind != "component":
        raise NotOffered("it is no component")
    answer(lambda: one.user.menu(thing.item, "Apply Properties to All"), _click("Apply"))


def _in_editor(one: Participant, thing: Thing, entry: str) -> None:
    one.user.menu(thing.item, "Edit in Component Editor")
    editor = one.window._comp_editor
    with TemporaryDirectory() as folder:
        editor.object_height_mm.setValue(44.0)
        editor.save_to_combo.addItem("elsewhere", folder)
        editor.save_to_combo.setCurrentIndex(editor.save_to_combo.count() - 1)
        [action] = [one for one in editor.findChildren(type(one.window.act_open)) if one.text() == entry]
        answer(action.trigger, _click("Yes"))
    editor._modified = False
    editor.close()
    events()


def _save_in_editor(one: Participant, thing: Thing) -> None:
    _in_editor(one, thing, "&Save")


def _update_in_editor(one: Participant, thing: Thing) -> None:
    _in_editor(one, thing, "&Update Canvas Instances…")


_NO_WAY_BACK = "opening begins a new list of steps"
_NO_COMPONENT = of(all_but("component"), "it is no component")
_NOT_IN_02 = {"component": "0.2 has no such entry"}
_BOTH = (*ITEMS, GROUP)

FILES: dict[str, EditMethod] = {
    "open": EditMethod(_open, _BOTH, no_step=of(_BOTH, _NO_WAY_BACK)),
    "recover": EditMethod(_recover, _BOTH, no_step=of(_BOTH, _NO_WAY_BACK)),
    "import": EditMethod(
        _import,
        _BOTH,
        lacking={
            "angle_measure": "the host leaves angle measures out of its files",
            "text": "the host looks for notes under another name than it saves them",
            "path_measure": "the host imports no path measures",
        },
        no_step=of(_BOTH, "importing is no step in 0.3"),
        no_step_02=of(_BOTH, None),
    ),
    "apply to all": EditMethod(_apply_to_all, lacking=_NO_COMPONENT, lacking_02=_NOT_IN_02),
    "component editor: save": EditMethod(_save_in_editor, lacking=_NO_COMPONENT, lacking_02=_NOT_IN_02),
    "component editor: update": EditMethod(_update_in_editor, lacking=_NO_COMPONENT, lacking_02=_NOT_IN_02),
}
