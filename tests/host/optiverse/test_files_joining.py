"""The title after joining: *Edited* only if the window then differs from the file on disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from optiverse_collab.convert import records_from_bench
from optiverse_collab.core.client.effects import ShowChange
from optiverse_collab.core.records import Record, put
from optiverse_collab.host.optiverse.upstream.window import has_groups
from tests.helpers import benches
from tests.helpers.benches import ASSEMBLIES, DATA, REAL
from tests.helpers.optiverse_session import Participant
from tests.helpers.optiverse_user import clear, events
from tests.helpers.wire import Peer, Wire
from tests.host.optiverse.test_files import title

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.usefixtures("no_questions"),
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]


class Newcomer(Participant):
    """A window that shows nothing of the session until it joins."""

    def show(self, change: ShowChange) -> None:
        """Show nothing; `join` does that."""

    def join(self) -> None:
        """Replace the window's bench with the session's, and show the differences."""
        self.capture.forget()
        self.capture.merge()
        self.capture.tick()
        events()


@pytest.fixture
def window(windows: list[Any]) -> Iterator[Any]:
    """An empty main window, which is emptied again afterwards."""
    clear(windows[0])
    yield windows[0]
    clear(windows[0])


def joined(window: Any, name: str, records: Mapping[str, Record]) -> Newcomer:
    """A window that joined a session with these records, with a file open and no unsaved changes."""
    wire, ben = Wire(), Peer("Ben")
    wire.connect(ben)
    ben.edit(*map(put, records.values()))
    wire.settle()
    window.file_controller.file_manager.open_file(str(DATA / f"{name}.json"))
    events()
    window.file_controller.mark_clean()  # 0.3 calls a file of 0.2 edited as soon as it is open
    window.file_controller._update_window_title()
    ann = Newcomer(wire, "ann", window)
    wire.settle()
    ann.join()
    ann.host.close()
    return ann


@pytest.mark.parametrize("name", [*REAL, *(f"assemblies/{name}" for name in ASSEMBLIES)])
def test_file_that_the_session_has_is_not_edited(window: Any, name: str) -> None:
    """A value that the editor itself writes differently is no edit."""
    if name == "bench_layers" and has_groups(window):
        pytest.skip("0.2 reads no tree of layers")
    ann = joined(window, name, records_from_bench(benches.load(name)).records)
    assert ann.replica.pending == []
    assert title(ann) == name.rpartition("/")[2]


@pytest.mark.parametrize("difference", ["moved", "renamed", "more", "less", "restacked"])
def test_file_that_differs_from_the_session_is_edited(window: Any, difference: str) -> None:
    records = records_from_bench(benches.load("bench_small")).records
    id, other = [id for id, record in records.items() if record.kind == "component"][:2]
    props = records[id].props
    changed: dict[str, dict[str, Any]] = {
        "moved": {"pos": [props["pos"][0] + 1.0, props["pos"][1]]},
        "renamed": {"name": "Another"},
        "restacked": {"order": -5.0, "z_value": 9.0},
    }
    if difference == "less":
        del records[id]
    elif difference == "more":
        records["new"] = Record("new", "component", dict(records[other].props))
    else:
        records[id] = Record(id, "component", {**props, **changed[difference]})
    assert title(joined(window, "bench_small", records)) == "bench_small — Edited"
