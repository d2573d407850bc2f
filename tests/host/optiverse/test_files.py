"""Files, the title and autosave work in a session as they do without one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtWidgets import QFileDialog, QMessageBox

from optiverse_collab.convert import same_bench
from optiverse_collab.host.optiverse.files import unsaved_mark as files
from tests.helpers.optiverse_session import Participant, differences, rest, settle, start
from tests.helpers.optiverse_user import clear, events, wait_until
from tests.helpers.wire import Wire

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

Session = tuple[Wire, Participant, Participant]
NEVER = "this Optiverse never autosaves"
YES = QMessageBox.StandardButton.Yes


@pytest.fixture
def quick(windows: list[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Session]:
    """Two empty windows in one session that soon autosave, into a folder of the test."""
    monkeypatch.setattr(files, "AUTOSAVE_MS", 0)
    monkeypatch.setattr("optiverse.platform.paths._app_data_root", lambda: tmp_path)
    wire, (ann, bob) = start(windows[:2])
    timers = [one.window.file_controller._autosave_timer for one in (ann, bob) if autosaving(one)]
    before = [timer.interval() for timer in timers]
    for timer in timers:
        timer.setInterval(0)
    for one in (ann, bob):  # the name is the time of day, to the second
        one.window.file_controller.file_manager._unsaved_id = f"untitled_{one.session.user_id}"
    yield wire, ann, bob
    for timer, interval in zip(timers, before, strict=True):
        timer.setInterval(interval)
    for one in (ann, bob):
        one.host.close()


def autosaving(one: Participant) -> bool:
    """0.2.7 notices no edits by its user: it marks none as unsaved and autosaves none."""
    return hasattr(one.window.file_controller, "_autosave_timer")


def title(one: Participant) -> str:
    """The title, without the editor's name, which 0.3 puts first."""
    return re.sub(r"^Optiverse v\S+ — ", "", one.window.windowTitle())


def save(one: Participant, path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Choose Save as, and a file."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(path), ""))
    one.window.act_save_as.trigger()
    events()
    return path


def autosaves(folder: Path) -> list[Path]:
    return sorted((folder / "autosave").glob("*.autosave.json"))


def test_the_title_marks_edits_whoever_made_them(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire, ann, bob = session
    assert (title(ann), title(bob)) == ("Untitled", "Untitled")
    lens = ann.user.place("lens", 0.0, 0.0)
    settle(wire, ann, bob)
    own = "Untitled — Edited" if autosaving(ann) else "Untitled"
    assert (title(ann), title(bob)) == (own, "Untitled — Edited")
    save(bob, tmp_path / "bob.json", monkeypatch)
    assert (title(ann), title(bob)) == (own, "bob")
    steps: list[Callable[[], object]] = [
        lambda: ann.user.drag(lens, 30, 0),
        lambda: ann.user.edit(lens, {0: 5.0}),
        lambda: ann.user.lock(lens, True),
        lambda: ann.user.lock(lens, False),
        ann.user.undo,
        lambda: ann.panel.group(lens, ann.user.place("mirror", 60.0, 0.0)),
        lambda: ann.user.delete(lens),
    ]
    for step in steps:
        step()
        rest(wire, ann, bob)
        assert title(bob) == "bob — Edited", step
        assert bob.window.file_controller.is_modified
        bob.window.act_save.trigger()
        assert title(bob) == "bob"


def test_nothing_is_edited_by_what_others_only_say(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cursors, selections and acknowledgements of one's own edits change nothing."""
    wire, ann, bob = session
    lens = ann.user.place("lens", 0.0, 0.0)
    rest(wire, ann, bob)
    save(ann, tmp_path / "ann.json", monkeypatch)
    save(bob, tmp_path / "bob.json", monkeypatch)
    ann.session.show({"cursor": [1.0, 2.0], "selection": [lens.item_uuid]})
    ann.user.select(lens)
    rest(wire, ann, bob)
    assert (title(ann), title(bob)) == ("ann", "bob")
    assert not ann.window.file_controller.is_modified
    ann.user.drag(lens, 30, 0)
    save(ann, tmp_path / "ann.json", monkeypatch)
    rest(wire, ann, bob)
    assert (title(ann), title(bob)) == ("ann", "bob — Edited")


def test_a_file_saved_in_a_session_is_the_hosts_alone(
    windows: list[Any], session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire, ann, bob = session
    items = [ann.user.place(what, 60.0 * i, 0.0) for i, what in enumerate(("source", "lens", "mirror"))]
    ann.user.draw("text", (0.0, 50.0))
    ann.user.draw("ruler", (0.0, 0.0), (50.0, 0.0))
    ann.panel.group(*items[1:])
    rest(wire, ann, bob)
    ann.user.drag(items[0], 20, 20)
    bob.user.edit(bob.item(items[1].item_uuid), {2: 30.0})
    rest(wire, ann, bob)
    texts = [save(one, tmp_path / f"{one.session.user_id}.json", monkeypatch) for one in (ann, bob)]
    saved_by_ann, saved_by_bob = (json.loads(path.read_text("utf-8")) for path in texts)
    assert differences(wire, ann, bob) == []

    alone = windows[2]
    clear(alone)
    assert "load_from_data" not in vars(alone.file_controller.file_manager)
    assert alone.file_controller.file_manager.open_file(str(texts[1])) is True
    events()
    alone.file_controller.file_manager.save_to_file(str(tmp_path / "alone.json"))
    saved_alone = json.loads((tmp_path / "alone.json").read_text("utf-8"))
    clear(alone)
    assert names(saved_by_ann) == names(saved_by_bob) == names(saved_alone)
    assert not [name for name in names(saved_by_bob) if "collab" in name or "order" in name]
    # 0.2 draws items of the same z value in the order in which they came, and doesn't save that.
    assert [what for what in same_bench(saved_by_bob, saved_alone) if "another order" not in what] == []


def names(value: object) -> set[str]:
    """All keys in a file, at any depth."""
    if isinstance(value, dict):
        return set(value).union(*map(names, value.values()))
    return set().union(*map(names, value)) if isinstance(value, list) else set()


def test_edits_are_autosaved_whoever_made_them(quick: Session, tmp_path: Path) -> None:
    wire, ann, bob = quick
    if not autosaving(bob):
        pytest.skip(NEVER)
    lens = ann.user.place("lens", 0.0, 0.0)
    wait_until(lambda: len(autosaves(tmp_path)) == 1)
    settle(wire, ann, bob)
    wait_until(lambda: len(autosaves(tmp_path)) == 2)
    theirs = autosaves(tmp_path)[1]
    assert same_bench(json.loads(theirs.read_text("utf-8")), bob.saved()) == []
    ann.user.drag(lens, 30, 0)
    settle(wire, ann, bob)
    wait_until(lambda: same_bench(json.loads(theirs.read_text("utf-8")), bob.saved()) == [])


def test_a_switched_off_autosave_stays_off(
    quick: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire, ann, bob = quick
    if autosaving(bob):
        monkeypatch.setattr("optiverse.core.preferences.autosave_enabled", False)
    ann.user.place("lens", 0.0, 0.0)
    rest(wire, ann, bob)
    assert title(bob) == "Untitled — Edited"
    assert autosaves(tmp_path) == []


def test_saving_what_others_did_takes_the_autosave_away(
    quick: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire, ann, bob = quick
    if not autosaving(bob):
        pytest.skip(NEVER)
    ann.user.place("lens", 0.0, 0.0)
    settle(wire, ann, bob)
    wait_until(lambda: bob.window.file_controller.file_manager._autosave_path is not None)
    path = Path(bob.window.file_controller.file_manager._autosave_path)
    assert path.exists()
    save(bob, tmp_path / "bob.json", monkeypatch)
    assert not path.exists()


def test_recovered_autosave_counts_as_another_bench(
    quick: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire, ann, bob = quick
    if not autosaving(bob):
        pytest.skip(NEVER)
    ann.user.place("lens", 0.0, 0.0)
    settle(wire, ann, bob)
    wait_until(lambda: bool(autosaves(tmp_path)))
    ann.user.place("mirror", 50.0, 0.0)
    opened: list[str] = []
    bob.host.watch_opened(lambda back: opened.append("opened"))
    monkeypatch.setenv("QT_QPA_PLATFORM", "")
    monkeypatch.setattr("optiverse.ui.theme_manager.question", lambda *_, **__: YES)
    monkeypatch.setattr(QMessageBox, "information", lambda *_, **__: YES)
    assert bob.window.file_controller.check_autosave_recovery() is True
    assert opened == ["opened"]
    rest(wire, ann, bob)
    assert differences(wire, ann, bob) == []
