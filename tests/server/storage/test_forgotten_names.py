"""Names that only dropped history mentioned: STAMP-4 of docs/protocol.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from optiverse_collab.core.protocol.origins import origin_of
from optiverse_collab.core.records import Put, Set
from optiverse_collab.core.server.history import History
from optiverse_collab.core.server.names import NameKind
from optiverse_collab_server.storage import Retention, forgotten_names
from optiverse_collab_server.storage.check import check_folder
from optiverse_collab_server.storage.database import Append, Database
from optiverse_collab_server.storage.steps import finished
from tests.core.server.histories import do
from tests.helpers.storage import database, execute, tidy


def write(made: Database, history: History, *people: str) -> None:
    """Let each author make a change, and store it."""
    for name in people:
        kept = do(history, Set("lens", {"x": history.clock}), by=name).kept
        assert made.append([Append("bench", [kept], history.names.take_new())]) == [None]


def begin_chunk(made: Database, history: History) -> None:
    """Begin the next chunk, as a live session does."""
    builder = history.begin_chunk()
    snapshot = builder.finished()
    history.forget_names(builder.used)
    finished(made.begin_chunk("bench", snapshot))


def new(made: Database) -> History:
    """A session that remembers one client id, with a lens that Ann put."""
    history = History(History.empty("e"), clients=1)
    finished(made.begin_chunk("bench", history.snapshot()))
    kept = do(history, Put("lens", "k", {"x": 0}), by="ann").kept
    assert made.append([Append("bench", [kept], history.names.take_new())]) == [None]
    return history


def load(made: Database) -> History:
    """Load the session from the database."""
    stored = finished(made.load("bench"))
    assert stored is not None
    return History(stored.snapshot, stored.names, stored.entries, clients=1)


def kept(folder: Path) -> list[str]:
    """The authors in the database; each has the origin of the same number."""
    rows = execute(folder, "SELECT text FROM name ORDER BY number, kind DESC")
    texts = [str(text) for (text,) in rows]
    assert texts[::2] == [origin_of(author) for author in texts[1::2]]
    return texts[1::2]


def test_names_go_with_the_history_that_had_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The remaining history is consistent, and an author who comes back gets another number."""
    monkeypatch.setattr(forgotten_names, "FEW", 3)
    monkeypatch.setattr(forgotten_names, "AT_ONCE", 2)
    with database(tmp_path, Retention(bytes=0)) as made:
        history = new(made)
        write(made, history, "bob", "cid", "dan", "eva", "fay")
        begin_chunk(made, history)
        assert kept(tmp_path) == ["ann", "bob", "cid", "dan", "eva", "fay"]
        tidy(made)
        assert kept(tmp_path) == ["ann", "fay"]
        write(made, history, "bob", "fay")
        assert [name.number for name in finished(made.load("bench")).names] == [1, 6, 7] * 2  # type: ignore[union-attr]
    assert kept(tmp_path) == ["ann", "fay", "bob"]
    with database(tmp_path) as made:
        assert load(made).names.known(NameKind.AUTHOR, "bob") == 7
    assert [report.faults for report in check_folder(tmp_path)] == [[]]


def test_few_names_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So are names if most of them were in use recently: reading a whole session takes time."""
    monkeypatch.setattr(forgotten_names, "FEW", 8)
    with database(tmp_path, Retention(bytes=0)) as made:
        history = new(made)
        counts = []
        for number in range(12):
            write(made, history, f"bob {number}", *(["bob 0"] * (number > 0)))
            begin_chunk(made, history)
            tidy(made)
            counts.append(len(kept(tmp_path)))
    assert counts == [2, 3, 4, 3, 4, 5, 6, 3, 4, 5, 6, 3]


def test_names_that_come_while_it_reads_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A live session may do anything between the steps."""
    monkeypatch.setattr(forgotten_names, "FEW", 3)
    for steps in range(100):
        folder = tmp_path / str(steps)
        with database(folder, Retention(bytes=0)) as made:
            history = new(made)
            write(made, history, "bob", "cid", "dan")
            begin_chunk(made, history)
            for _ in range(steps):
                made.housekeeper.step()
            is_done = not made.housekeeper.busy
            write(made, history, "dan", "eva", "bob", "eva")
            tidy(made)
            assert load(made).snapshot() == history.snapshot()
            begin_chunk(made, history)
            write(made, history, "fay", "dan")
            tidy(made)
            assert load(made).snapshot() == history.snapshot()
        assert [report.faults for report in check_folder(folder)] == [[]]
        if is_done:
            break
    assert 5 < steps < 99
