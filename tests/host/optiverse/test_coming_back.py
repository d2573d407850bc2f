"""A file that the session knows is open in a real window: only its user's changes count as edits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QObject

from optiverse_collab.convert import compare, records_from_bench
from optiverse_collab.convert.ancestor_search import AncestorSearch, Certainty, Departure
from optiverse_collab.convert.three_way import Merge, merge
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.records import Record, Set, apply, put
from optiverse_collab.host.adapters import watch_files
from optiverse_collab.host.optiverse.adapter import OptiverseHost
from optiverse_collab.window.ancestry import Shared
from optiverse_collab.window.coming_back import ComingBack
from optiverse_collab.window.meeting import Position, come_home
from tests.helpers import benches
from tests.helpers.benches import ASSEMBLIES, DATA, REAL
from tests.helpers.optiverse_mouse import MouseUser
from tests.helpers.optiverse_panel import Panel
from tests.helpers.optiverse_session import Participant, rest
from tests.helpers.optiverse_user import clear, events, wait_until
from tests.helpers.stray_copies import entry
from tests.helpers.wire import Wire

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.usefixtures("no_questions"),
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]
FILES = [*REAL, *(f"assemblies/{name}" for name in ASSEMBLIES)]
Session = tuple[Wire, Participant, Participant]
Records = dict[str, Record]


class Away:
    """A window outside of any session, which knows the files that were saved in one.

    Attributes:
        user, panel: edit its bench.
    """

    def __init__(self, window: Any, folder: Path) -> None:
        self.user, self.panel = MouseUser(window), Panel(window)
        self._window = window
        self._parent = QObject()
        self.known = ComingBack(folder, self._attach, self._parent)
        self._end = watch_files(
            window, self.known.note_opened, self.known.note_saved, self.known.note_autosaved
        )

    def open(self, path: Path) -> None:
        """Open a file, and wait for what the window does a little later."""
        self._window.file_controller.file_manager.open_file(str(path))
        wait_until(lambda: self.known.is_ready)
        self.panel.wait()
        events()

    def save(self, path: Path) -> None:
        """Save the bench."""
        self._window.file_controller.file_manager.save_to_file(str(path))

    def merged(self, theirs: Records) -> Merge:
        """The edits that joining would send."""
        [ancestor] = self.known.ancestors
        assert self.known.opened is not None
        base = {record.id: record for record in ancestor.records}
        return merge(base, self.known.opened, self.shown(), theirs)

    def shown(self) -> Records:
        """The window's bench."""
        host = self._attach()
        records = host.records()
        host.close()
        return records

    def close(self) -> None:
        """Close the window."""
        self._end()
        self.known.close()
        clear(self._window)

    def _attach(self) -> OptiverseHost:
        return OptiverseHost(self._window)


@pytest.fixture
def away(windows: list[Any], tmp_path: Path) -> Any:
    clear(windows[2])
    away = Away(windows[2], tmp_path / "ancestors")
    yield away
    away.close()


def shared(replica: Replica) -> Callable[[], Shared]:
    return lambda: Shared("lab", replica, replica.clock)


@pytest.mark.parametrize("name", FILES)
def test_a_pushed_file_is_the_same_in_a_window(name: str, host: OptiverseHost) -> None:
    """So a user who has it open joins without a question (docs/bench-format.md)."""
    pushed = records_from_bench(benches.load(name)).records
    window: Any = host.window
    window.file_controller.file_manager.open_file(str(DATA / f"{name}.json"))
    events()
    found = compare(host.records(), pushed)
    assert (found.new, found.differ, found.missing) == ([], [], [])


@pytest.mark.parametrize("name", FILES)
def test_a_copy_that_was_only_opened_has_no_edits(name: str, host: OptiverseHost) -> None:
    """It was mailed, opened and saved, and comes back: the history has its ancestor."""
    pushed = records_from_bench(benches.load(name)).records
    window: Any = host.window
    window.file_controller.file_manager.open_file(str(DATA / f"{name}.json"))
    events()
    mine = host.records()
    search = AncestorSearch(mine, {}, 0)
    search.add([entry(1, *map(put, pushed.values()))])
    left = search.find()
    assert left is not None
    assert left.certainty is Certainty.SURE
    meeting = come_home(mine, pushed, Position("epoch", 1), left, ())
    assert (meeting.merge.clear, meeting.held) == ([], [])


@pytest.mark.parametrize("name", FILES)
def test_a_known_file_that_is_opened_is_no_edit(name: str, away: Away) -> None:
    """Whatever the host changes in it, now or when it draws its panel."""
    theirs = records_from_bench(benches.load(name)).records
    replica = Replica("a")
    replica._confirmed.epoch = "epoch"
    away.known.shared = shared(replica)
    away.known.note_saved(theirs)
    away.known.forget_session()
    away.open(DATA / f"{name}.json")
    assert away.merged(theirs) == Merge([], [], [], 0, 0, 0)


def saved_in(session: Session, away: Away, path: Path) -> Participant:
    """Two people have made groups, labels and layers, and one of them saves; the file is open elsewhere."""
    wire, ann, bob = session
    lens, mirror = ann.user.place("lens", 0.0, 0.0), ann.user.place("mirror", 60.0, 0.0)
    ann.user.place("source", -100.0, 0.0)
    rest(wire, ann, bob)
    bob.user.draw("ruler", (-60.0, -40.0), (40.0, -40.0))
    bob.user.draw("rectangle", (-80.0, -80.0), (20.0, -60.0))
    bob.panel.group(bob.item(lens.item_uuid), bob.item(mirror.item_uuid))
    rest(wire, ann, bob)
    ann.user.drag(lens, 5, 7)
    rest(wire, ann, bob)
    files = bob.window.file_controller.file_manager
    end = watch_files(bob.window, lambda file: None, away.known.note_saved, away.known.note_autosaved)
    away.known.shared = shared(bob.replica)
    files.save_to_file(str(path))
    away.known.forget_session()
    end()
    away.open(path)
    assert away.merged(ann.replica.view) == Merge([], [], [], 0, 0, 0)
    return ann


def test_only_what_was_edited_in_a_copy_comes_home(session: Session, away: Away, tmp_path: Path) -> None:
    """It is edited and saved in a window without a session, and opened again."""
    ann = saved_in(session, away, tmp_path / "bench.json")
    base = dict(ann.replica.view)
    source = next(item for item in away.user.items() if type(item).__name__ == "SourceItem")
    [ruler] = away.user.drawn("ruler")
    source_id, ruler_id = source.item_uuid, ruler.item_uuid
    source.setPos(-90.0, 30.0)
    away.user.delete(ruler)
    away.save(tmp_path / "copy.json")
    away.open(tmp_path / "copy.json")
    added = away.user.place("lens", 200.0, 0.0)

    left = Departure(7, 0, 0, Certainty.SURE, base)
    meeting = come_home(away.shown(), base, Position("epoch", 9), left, ())
    assert {op.id for op in meeting.merge.clear} == {source_id, ruler_id, added.item_uuid}
    assert Set(source_id, {"pos": [-90.0, 30.0]}) in meeting.merge.clear
    assert meeting.held == []


def test_what_the_session_saved_comes_back_unchanged(session: Session, away: Away, tmp_path: Path) -> None:
    """F50: groups, labels, heights and everything that the host writes differently."""
    ann = saved_in(session, away, tmp_path / "bench.json")
    again = tmp_path / "again.json"
    away.save(again)
    away.open(again)
    found = away.merged(ann.replica.view)
    assert (found.clear, found.contested, found.gone) == ([], [], [])


def test_what_was_done_away_is_all_that_is_sent(session: Session, away: Away, tmp_path: Path) -> None:
    """Even if it was saved in the meantime, outside of the session."""
    wire, _, bob = session
    ann = saved_in(session, away, tmp_path / "bench.json")

    source = next(item for item in away.user.items() if type(item).__name__ == "SourceItem")
    [ruler] = away.user.drawn("ruler")
    ruler_id = ruler.item_uuid
    source_id = source.item_uuid
    source.setPos(-90.0, 30.0)
    away.user.delete(ruler)
    away.save(tmp_path / "home.json")
    away.open(tmp_path / "home.json")
    added = away.user.place("lens", 200.0, 0.0)

    found = away.merged(ann.replica.view)
    assert (found.contested, found.gone) == ([], [])
    assert {op.id for op in found.clear} == {source_id, ruler_id, added.item_uuid}
    result = dict(ann.replica.view)
    for op in found.clear:
        assert apply(result, op)
    assert result[source_id].props["pos"] == [-90.0, 30.0]
    assert ruler_id not in result
    rest(wire, ann, bob)


def test_a_recovered_autosave_is_known(
    session: Session, away: Away, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a crash in the session: edits since the last save that the session has are not sent again."""
    _, ann, bob = session
    files, path = bob.window.file_controller.file_manager, tmp_path / "bench.autosave.json"
    if not hasattr(files, "check_autosave_recovery"):
        pytest.skip("this Optiverse offers nothing to recover")
    lens = ann.user.place("lens", 0.0, 0.0)
    rest(*session)
    away.known.shared = shared(bob.replica)
    end = watch_files(bob.window, lambda file: None, lambda file: None, away.known.note_autosaved)
    monkeypatch.setattr(files, "get_autosave_path", lambda: str(path))
    for x in (60.0, 120.0):
        mirror = ann.user.place("mirror", x, 0.0)
        rest(*session)
        files.mark_modified()
        files.do_autosave()
    end()
    away.known.shared = lambda: None

    away.open(path)  # as recovery does
    moved = next(item for item in away.user.items() if item.item_uuid == lens.item_uuid)
    moved.setPos(-90.0, 30.0)
    ann.user.delete(mirror)
    rest(*session)
    found = away.merged(ann.replica.view)
    assert [op.id for op in found.clear] == [lens.item_uuid]
    assert (found.contested, found.gone, found.taken) == ([], [], 1)
    assert len(list((tmp_path / "ancestors").iterdir())) == 1
