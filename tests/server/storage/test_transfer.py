"""A session is written to a file and read back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from optiverse_collab.core.records import Put
from optiverse_collab.core.server.history import History
from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage import Retention
from optiverse_collab_server.storage.alone import opened_alone
from optiverse_collab_server.storage.check import check_folder
from optiverse_collab_server.storage.reading import read_stored
from optiverse_collab_server.storage.steps import finished
from optiverse_collab_server.storage.transfer import export_session, import_session, read_export
from optiverse_collab_server.storage.viewing import viewed
from tests.helpers.kept_session import NAME, KeptSession, bench_at
from tests.helpers.storage import EPOCH, database, fill, tidy


def exported(folder: Path) -> bytes:
    """The file of a session that has something of every kind."""
    with database(folder) as made:
        fill(made, "lab", 3, 5, 8, records=300)
    with viewed(folder) as view:
        return msgspec.json.encode(export_session(view, "lab"))


def test_imported_session_has_all_of_it(tmp_path: Path) -> None:
    export = read_export(exported(tmp_path / "old"))
    assert export.snapshot.epoch == EPOCH
    with opened_alone(tmp_path / "new") as view:
        import_session(view, "again", export, "epoch-2")
    assert [report.faults for report in check_folder(tmp_path / "new")] == [[]]
    with viewed(tmp_path / "new") as view:
        stored = finished(read_stored(view.connection, view.session("again")))
    history = History(stored.snapshot, stored.names, stored.entries)
    assert history.epoch == "epoch-2"
    assert history.clock == 8
    assert [parent.epoch for parent in history.parents][-1] == EPOCH
    assert len(history.document.records) == len(export.snapshot.records)
    assert set(stored.names) == set(export.names)


def test_import_goes_beside_what_is_there_and_never_over_it(tmp_path: Path) -> None:
    export = read_export(exported(tmp_path))
    with opened_alone(tmp_path) as view:
        import_session(view, "again", export, "epoch-2")
    with opened_alone(tmp_path) as view, pytest.raises(StorageError, match="Session 'again' already exists"):
        import_session(view, "again", export, "epoch-3")
    assert [(one.session_id, one.faults) for one in check_folder(tmp_path)] == [("again", []), ("lab", [])]


def test_versions_go_along(tmp_path: Path) -> None:
    """HIST-15: from the history that is kept, and from benches that outlived theirs."""
    with database(tmp_path / "old", Retention(bytes=0)) as made:
        session = KeptSession(made)
        session.change(Put("lens", "k", {"x": 1}))
        session.change(Put("lens", "k", {"x": 3}))
        session.keep("old", 2)
        session.begin_chunk()
        session.change(Put("mirror", "k", {"x": 2}))
        session.keep("new", 4)
        session.keep("empty", 0)
        tidy(made)
        session.keep("of what is gone", 1)
        assert bench_at(made, 1) is None
    with viewed(tmp_path / "old") as view:
        export = read_export(msgspec.json.encode(export_session(view, NAME)))
    assert [bench.clock for bench in export.versions] == [0, 2, 4]
    with opened_alone(tmp_path / "new") as view:
        import_session(view, "again", export, "epoch-2")
    assert [report.versions for report in check_folder(tmp_path / "new")] == [3]
    with database(tmp_path / "new") as made:
        tidy(made)
        for clock in (2, 4, 7):
            assert bench_at(made, clock, "again") == session.benches[clock]
        assert bench_at(made, 3, "again") is None


def with_a_version_of_tomorrow(file: dict[str, Any]) -> None:
    file["versions"] = [{"clock": 99, "head": file["snapshot"]["head"], "records": []}]


def without_an_author(file: dict[str, Any]) -> None:
    file["snapshot"]["outcomes"][0][2] = 3


def without_an_origin(file: dict[str, Any]) -> None:
    file["snapshot"]["outcomes"][0][1] = 3


def with_a_number_twice(file: dict[str, Any]) -> None:
    file["names"].append(file["names"][-1])


def without_stamps(file: dict[str, Any]) -> None:
    file["snapshot"]["stamps"].clear()


def of_a_later_version(file: dict[str, Any]) -> None:
    file["version"] = 2


def of_something_else(file: dict[str, Any]) -> None:
    file["format"] = "bench"


@pytest.mark.parametrize(
    "harm",
    [
        without_an_author,
        without_an_origin,
        with_a_number_twice,
        without_stamps,
        of_a_later_version,
        of_something_else,
        with_a_version_of_tomorrow,
    ],
)
def test_file_that_does_not_fit_together_is_refused(
    tmp_path: Path, harm: Callable[[dict[str, Any]], None]
) -> None:
    file = msgspec.json.decode(exported(tmp_path))
    read_export(msgspec.json.encode(file))
    harm(file)
    with pytest.raises(StorageError, match="This is not an exported session"):
        read_export(msgspec.json.encode(file))


def test_file_that_is_cut_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="This is not an exported session"):
        read_export(exported(tmp_path)[:-5])
