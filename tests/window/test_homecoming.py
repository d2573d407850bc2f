"""A copy that was mailed and edited elsewhere comes back, in two demo windows on a real server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtWidgets import QAbstractButton, QCommandLinkButton
from pytestqt.qtbot import QtBot

from optiverse_collab.convert import bench_from_records, write_bench
from optiverse_collab.core.access import Role
from optiverse_collab.core.client.past_effects import EntriesArrived, PastArrived, Span
from optiverse_collab.core.client.past_reading import PastReading
from optiverse_collab.core.records import Put, Record
from optiverse_collab.window import homecoming
from optiverse_collab.window.ui.choice_dialog import ChoiceDialog, JoiningChoice
from tests.helpers.demo_window import add
from tests.helpers.server_process import ServerProcess
from tests.helpers.stray_copies import entry
from tests.helpers.user_input import click
from tests.helpers.windows import SOON, Desk

Pair = tuple[Desk, Desk]


@pytest.fixture
def ids(
    qtbot: QtBot,
    pair: Pair,
    server: ServerProcess,
    session_id: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> list[str]:
    """The items that the first has brought into the session."""
    monkeypatch.setattr(
        "optiverse_collab.window.saved_copies.QStandardPaths.writableLocation", lambda kind: str(tmp_path)
    )
    ann, _ = pair
    ids = [add(ann.window, "lens", (40.0 * n, 0.0)) for n in range(4)]
    ann.join(server.url, session_id, "Ann")
    move(qtbot, ann, ids[0], [0.0, 60.0])
    return ids


def move(qtbot: QtBot, desk: Desk, id: str, pos: list[float]) -> None:
    """Move an item in the session, and wait until the server has that."""
    desk.window.bench.change({id: {"pos": pos}})
    session = desk.manager.session
    assert session is not None
    replica = session.replica
    qtbot.waitUntil(lambda: replica.view[id].props["pos"] == pos and not replica.pending, timeout=SOON)


def copied(desk: Desk, path: Path, **edits: Any) -> Path:
    """A copy of the session's bench, with other positions of some items."""
    bench = bench_from_records(desk.session_records())
    for item in bench["items"]:
        item.update(edits.get(item["item_uuid"], {}))
    write_bench(path, bench)
    return path


def asked(qtbot: QtBot, desk: Desk, path: Path, server: ServerProcess, session_id: str) -> ChoiceDialog:
    """Open a file and join with it."""
    desk.window.open_path(path)
    desk.ask_to_join(server.url, session_id, "Bob")
    qtbot.waitUntil(lambda: desk.controller.question is not None, timeout=SOON)
    question = desk.controller.question
    assert question is not None
    return question


def note(button: QAbstractButton) -> str:
    assert isinstance(button, QCommandLinkButton)
    return button.description()


def test_changes_are_merged_and_conflicts_wait_for_their_user(
    qtbot: QtBot, pair: Pair, ids: list[str], server: ServerProcess, session_id: str, tmp_path: Path
) -> None:
    """SEEN-5, SEEN-9"""
    ann, bob = pair
    first, second, third, fourth = ids
    path = copied(ann, tmp_path / "copy.json", **{second: {"x_mm": 7.0}, third: {"x_mm": 8.0}})
    move(qtbot, ann, third, [-50.0, 0.0])
    move(qtbot, ann, fourth, [-90.0, 0.0])
    question = asked(qtbot, bob, path, server, session_id)
    merge = question.buttons[JoiningChoice.MERGE]
    qtbot.waitUntil(merge.isEnabled, timeout=SOON)
    assert note(merge).startswith("This copy left the session on ")
    assert note(merge).endswith(" (sure): 1 change, 1 conflict")
    rows = [question.list.item(row).text() for row in range(question.list.count())]  # type: ignore[union-attr]
    assert "position (40.0, 0.0) mm → (7.0, 0.0) mm" in rows[0]
    assert "Ann's: position (-50.0, 0.0) mm · Yours: position (8.0, 0.0) mm" in rows[1]
    click(merge)
    bob.until_connected()
    ann.until_same(bob)
    places = {id: item.props["pos"] for id, item in ann.window.bench.items.items()}
    assert (places[first], places[second], places[third]) == ([0.0, 60.0], [7.0, 0.0], [-50.0, 0.0])
    session = bob.manager.session
    assert session is not None
    assert list(session.replica.held) == [third]
    assert any(line.startswith("✓ Merged: 1 of your edits") for line in bob.log("INFO"))


def test_another_answer_forgets_the_offer(
    qtbot: QtBot, pair: Pair, ids: list[str], server: ServerProcess, session_id: str, tmp_path: Path
) -> None:
    ann, bob = pair
    path = copied(ann, tmp_path / "copy.json", **{ids[1]: {"x_mm": 7.0}})
    question = asked(qtbot, bob, path, server, session_id)
    qtbot.waitUntil(question.buttons[JoiningChoice.MERGE].isEnabled, timeout=SOON)
    click(question.buttons[JoiningChoice.REPLACE])
    assert bob.manager.coming_back.left is None
    bob.until_connected()
    ann.until_same(bob)


def test_an_answer_need_not_wait(
    qtbot: QtBot, pair: Pair, ids: list[str], server: ServerProcess, session_id: str, tmp_path: Path
) -> None:
    """The result of the search comes too late then, and changes nothing."""
    ann, bob = pair
    path = copied(ann, tmp_path / "copy.json", **{ids[1]: {"x_mm": 7.0}})
    question = asked(qtbot, bob, path, server, session_id)
    click(question.buttons[JoiningChoice.REPLACE])
    bob.until_connected()
    assert bob.manager.coming_back.left is None


def test_another_file_forgets_the_offer(
    qtbot: QtBot, pair: Pair, ids: list[str], server: ServerProcess, session_id: str, tmp_path: Path
) -> None:
    """Opened while the question was open: it may have left at another moment."""
    ann, bob = pair
    path = copied(ann, tmp_path / "copy.json", **{ids[1]: {"x_mm": 7.0}})
    question = asked(qtbot, bob, path, server, session_id)
    qtbot.waitUntil(question.buttons[JoiningChoice.MERGE].isEnabled, timeout=SOON)
    bob.window.open_path(copied(ann, tmp_path / "other.json", **{ids[2]: {"x_mm": 9.0}}))
    assert bob.manager.coming_back.left is None


def test_a_viewer_gets_no_offer(
    qtbot: QtBot, pair: Pair, ids: list[str], server: ServerProcess, session_id: str, tmp_path: Path
) -> None:
    """RIGHT-1"""
    ann, bob = pair
    path = copied(ann, tmp_path / "copy.json", **{ids[1]: {"x_mm": 7.0}})
    question = asked(qtbot, bob, path, server, session_id)
    session = bob.manager.session
    assert session is not None
    session.replica.set_role(Role.VIEWER)
    homecoming.Homecoming(bob.manager, question)
    assert question.buttons[JoiningChoice.MERGE].isHidden()


def test_what_can_not_be_merged_says_why(
    qtbot: QtBot,
    pair: Pair,
    ids: list[str],
    server: ServerProcess,
    session_id: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """HIST-3: the history can't be read, or is too long."""
    ann, bob = pair
    monkeypatch.setattr(homecoming, "MOST_BYTES", 1)
    path = copied(ann, tmp_path / "copy.json", **{ids[1]: {"x_mm": 7.0}})
    question = asked(qtbot, bob, path, server, session_id)
    merge = question.buttons[JoiningChoice.MERGE]
    qtbot.waitUntil(lambda: "too long" in note(merge), timeout=SOON)
    assert not merge.isEnabled()


def test_a_copy_of_no_moment_or_of_several_is_not_offered() -> None:
    """Pure: what the thread finds."""
    items = {id: Record(id, "component", {"pos": [0.0, 0.0]}) for id in "abcde"}
    reading = PastReading(Span(0, 1))
    entries = [entry(1, *(Put(id, one.kind, one.props) for id, one in items.items()))]
    reading.take(EntriesArrived(Span(0, 1), 0, entries))
    reading.take(PastArrived(0, {}))
    other = {"x": Record("x", "component", {})}
    stranger = homecoming.offer_of(other, items, reading, ())
    assert (stranger.left, stranger.rows) == (None, None)
    assert stranger.note.startswith("No item of this bench was in the session")
    unsure = homecoming.offer_of({"a": items["a"]}, items, reading, ())
    assert unsure.left is None
    assert unsure.note.startswith("It is not sure when this copy left the session")
