"""Two benches meet: joining destroys nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.records import Put, Record, Remove, Set
from optiverse_collab.drivers.qt.service import CollaborationService
from optiverse_collab.errors import BenchFileError
from optiverse_collab.window.joining import Participation
from optiverse_collab.window.replacing import Replacements
from optiverse_collab.window.ui.choice_dialog import JoiningChoice, ReplacementChoice
from optiverse_collab.wording import dialogs
from tests.helpers.dict_host import DictHost
from tests.helpers.server_process import ServerProcess

SOON = 10_000  # ms
LENS, MIRROR = Record("lens", "component", {"n": 1}), Record("mirror", "component", {"n": 2})
GROUP = Record("group", "group", {"name": "Arm"})


class Window:
    """A host, a service and what joins them.

    Attributes:
        questions: what was asked: items here, items there, path of the copy.
    """

    def __init__(self, parent: QObject, session_id: str, runs_server: bool, *records: Record) -> None:
        self.host = DictHost()
        self.host.bench = {record.id: record for record in records}
        self.service = CollaborationService(parent)
        self.replacements = Replacements(self.service, parent)
        self.participation = Participation(
            self.host, self.service, session_id, runs_server, self.replacements, parent
        )
        self.questions: list[tuple[int, int, Path]] = []
        self.declined: list[str] = []
        self.participation.choice_needed.connect(lambda *asked: self.questions.append(asked))
        self.participation.declined.connect(self.declined.append)

    @property
    def view(self) -> dict[str, Record]:
        """The session's records, as this window's client knows them."""
        assert self.service.session is not None
        return self.service.session.replica.view

    @property
    def pending(self) -> bool:
        """Whether the session doesn't have everything yet."""
        assert self.service.session is not None
        return bool(self.service.session.replica.pending)


class Lab:
    """A session with windows in it."""

    def __init__(self, qtbot: QtBot, server: ServerProcess, session_id: str, folder: Path) -> None:
        self._qtbot, self._server, self._session_id = qtbot, server, session_id
        self._parent = QObject()
        self.folder = folder
        self.windows: list[Window] = []

    def join(self, *records: Record, runs_server: bool = False) -> Window:
        """A window with these records joins; returns when it is in, or asks."""
        window = Window(self._parent, self._session_id, runs_server, *records)
        self.windows.append(window)
        window.service.connect_to_session(self._server.url, self._session_id, f"user {len(self.windows)}")
        self.until(lambda: window.participation.loaded or bool(window.questions))
        return window

    def until(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition, timeout=SOON)


@pytest.fixture
def lab(
    qtbot: QtBot, server: ServerProcess, session_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Lab]:
    monkeypatch.setattr(
        "optiverse_collab.window.saved_copies.QStandardPaths.writableLocation", lambda kind: str(tmp_path)
    )
    lab = Lab(qtbot, server, session_id, tmp_path)
    yield lab
    for window in lab.windows:
        window.service.disconnect_from_session()


def fill(lab: Lab, *records: Record) -> Window:
    """Somebody is in the session already, with this bench."""
    first = lab.join(*records, runs_server=True)
    assert not first.questions
    lab.until(lambda: not first.pending)
    return first


def copies(lab: Lab) -> list[Path]:
    return sorted(lab.folder.rglob("*.json"))


def test_an_empty_bench_joins_without_a_question(lab: Lab) -> None:
    fill(lab, LENS)
    second = lab.join(GROUP)  # a group without items is no work
    assert second.host.bench == {"lens": LENS}
    assert not second.questions


def test_the_same_bench_joins_without_a_question(lab: Lab) -> None:
    """Who left, and comes back."""
    fill(lab, LENS, MIRROR)
    second = lab.join(LENS)
    assert second.host.bench == {"lens": LENS, "mirror": MIRROR}
    assert (second.questions, copies(lab)) == ([], [])


def test_who_hosts_an_empty_session_shares_their_bench(lab: Lab) -> None:
    first = fill(lab, LENS, GROUP)
    assert first.view == {"lens": LENS, "group": GROUP}


def test_a_session_with_empty_groups_alone_is_empty(lab: Lab) -> None:
    """docs/bench-format.md, "Groups without members"."""
    first = fill(lab, MIRROR, GROUP)
    first.host.user_does(Remove("mirror"))
    lab.until(lambda: list(first.view) == ["group"] and not first.pending)
    second = lab.join(LENS, runs_server=True)
    assert not second.questions
    lab.until(lambda: first.view == second.host.bench == {"lens": LENS, "group": GROUP})


def test_a_bench_is_not_shared_with_an_empty_session_unasked(lab: Lab) -> None:
    window = lab.join(LENS)
    assert window.questions[0][:2] == (1, 0)
    assert window.view == {}


def test_nothing_is_changed_before_the_answer(lab: Lab) -> None:
    first = fill(lab, LENS)
    second = lab.join(MIRROR, GROUP)
    assert second.questions[0][:2] == (1, 1)
    first.host.user_does(Set("lens", {"n": 7}))
    second.host.user_does(Set("mirror", {"n": 8}))
    lab.until(lambda: second.view["lens"].props == {"n": 7})
    assert set(second.host.bench) == {"mirror", "group"}
    assert set(first.host.bench) == {"lens"}
    second.participation.choose(JoiningChoice.BRING)
    lab.until(lambda: first.host.bench == second.host.bench)
    assert first.host.bench["mirror"].props == {"n": 8}
    assert set(first.host.bench) == {"lens", "mirror", "group"}


def test_bring_leaves_the_session_alone_and_saves_differences(lab: Lab) -> None:
    """An old copy of the session's bench must not turn back what others did since."""
    first = fill(lab, LENS)
    second = lab.join(Record("lens", "component", {"n": "mine"}), MIRROR)
    second.participation.choose(JoiningChoice.BRING)
    lab.until(lambda: first.host.bench == second.host.bench)
    assert first.host.bench == {"lens": LENS, "mirror": MIRROR}
    [copy] = copies(lab)
    assert json.loads(copy.read_text("utf-8")) == ["lens", "mirror"]
    assert ("INFO", f"✓ A copy of your bench was saved: {copy}") in second.host.lines


def test_bring_of_what_is_all_new_saves_no_copy(lab: Lab) -> None:
    fill(lab, LENS)
    second = lab.join(MIRROR)
    second.participation.choose(JoiningChoice.BRING)
    lab.until(lambda: second.participation.loaded)
    assert copies(lab) == []


def test_replace_saves_a_copy_first(lab: Lab) -> None:
    first = fill(lab, LENS)
    second = lab.join(MIRROR, GROUP)
    second.participation.choose(JoiningChoice.REPLACE)
    lab.until(lambda: second.host.bench == first.host.bench == {"lens": LENS})
    [copy] = copies(lab)
    assert copy == second.questions[0][2]


@pytest.mark.parametrize("choice", [JoiningChoice.BRING, JoiningChoice.REPLACE])
def test_a_copy_that_cannot_be_saved_stops_it(
    lab: Lab, choice: JoiningChoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(lab, LENS)
    mine = Record("lens", "component", {"n": "mine"})
    second = lab.join(mine)

    def full(path: Path) -> None:
        raise BenchFileError("The disk is full; make room.")

    monkeypatch.setattr(second.host, "save_copy", full)
    second.participation.choose(choice)
    assert second.declined == [f"The disk is full; make room. {dialogs.NOT_JOINED}"]
    assert second.host.bench == {"lens": mine}
    assert not second.participation.loaded


def test_cancel_changes_nothing(lab: Lab) -> None:
    first = fill(lab, LENS)
    second = lab.join(MIRROR)
    second.participation.choose(JoiningChoice.CANCEL)
    second.participation.choose(JoiningChoice.REPLACE)  # an answer is given once
    assert second.declined == [dialogs.NOT_JOINED]
    assert (first.host.bench, second.host.bench) == ({"lens": LENS}, {"mirror": MIRROR})


@pytest.mark.parametrize("answer", [ReplacementChoice.EVERYBODY, "replace", "nonsense"])
def test_answer_to_no_open_question_is_ignored(lab: Lab, answer: Any) -> None:
    """Only a `JoiningChoice` answers on joining: nothing else may replace the user's bench."""
    first = fill(lab, LENS)
    second = lab.join(MIRROR)
    second.participation.choose(answer)
    assert (first.host.bench, second.host.bench) == ({"lens": LENS}, {"mirror": MIRROR})
    assert (second.declined, second.participation.loaded) == ([], False)
    second.participation.choose(JoiningChoice.BRING)
    lab.until(lambda: first.host.bench == second.host.bench == {"lens": LENS, "mirror": MIRROR})
    second.host.user_opens(MIRROR)
    second.participation.choose(JoiningChoice.REPLACE)
    assert second.host.bench == {"mirror": MIRROR}
    second.participation.choose(ReplacementChoice.BACK)
    lab.until(lambda: second.host.bench == first.host.bench)


def test_the_answer_may_come_while_the_connection_is_lost(lab: Lab) -> None:
    first = fill(lab, LENS)
    second = lab.join(MIRROR)
    driver = second.service._driver
    assert driver is not None
    driver._on_over(Failure(FailureKind.CLOSED, 1006))
    assert second.service.state is ConnectionState.RECONNECTING
    second.participation.choose(JoiningChoice.BRING)
    lab.until(lambda: first.host.bench == second.host.bench == {"lens": LENS, "mirror": MIRROR})


def test_closed_it_leaves_the_window_alone(lab: Lab) -> None:
    first, second = fill(lab, LENS), lab.join()
    second.participation.close()
    first.host.user_does(Put("new", "component", {}))
    lab.until(lambda: "new" in second.view)
    assert second.host.bench == {"lens": LENS}


def test_opened_bench_is_shared_only_when_its_user_says_so(lab: Lab) -> None:
    first, second = fill(lab, LENS), lab.join()
    asked: list[tuple[int, int, Path]] = []
    second.participation.replacement_needed.connect(lambda *question: asked.append(question))
    second.host.user_opens(MIRROR, GROUP)
    second.participation.tick()
    first.host.user_does(Set("lens", {"n": 7}))
    lab.until(lambda: second.view["lens"].props == {"n": 7})
    assert asked[0][:2] == (1, 1)
    assert set(first.host.bench) == {"lens"}
    assert second.host.bench == {"mirror": MIRROR, "group": GROUP}
    assert second.host.file == "opened.json"
    second.host.user_opens(GROUP)  # while it is asked
    second.participation.choose(ReplacementChoice.BACK)
    lab.until(lambda: second.host.bench == first.host.bench)
    assert second.host.file == "ours.json"
    assert first.host.bench["lens"].props == {"n": 7}


def test_a_session_whose_copy_cannot_be_saved_is_not_replaced(lab: Lab) -> None:
    first, second = fill(lab, LENS), lab.join()
    (lab.folder / "Optiverse copies").write_text("a file is in the way", "utf-8")
    second.host.user_opens(MIRROR)
    second.participation.choose(ReplacementChoice.EVERYBODY)
    lab.until(lambda: second.host.bench == {"lens": LENS})
    assert second.host.file == "ours.json"
    assert first.host.bench == {"lens": LENS}
    [(level, text)] = [line for line in second.host.lines if "copies" in line[1]]
    assert level == "ERROR"
    assert text.endswith("The session's bench was not replaced.")


def test_leaving_with_an_opened_bench_sends_nothing_of_it(lab: Lab) -> None:
    first, second = fill(lab, LENS), lab.join()
    left: list[bool] = []
    second.participation.leaving.connect(lambda: left.append(True))
    second.host.user_opens(MIRROR)
    second.participation.choose(ReplacementChoice.LEAVE)
    second.participation.tick()
    second.service.flush()
    assert left == [True]
    assert second.service.session is not None
    assert not second.service.session.replica.pending
    assert set(first.host.bench) == {"lens"}
