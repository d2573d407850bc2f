"""Windows without widgets that join a session on a real server, each with a bench of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from optiverse_collab.core.records import Record
from optiverse_collab.drivers.qt.service import CollaborationService
from optiverse_collab.window.joining import Participation
from optiverse_collab.window.replacing import Replacements
from optiverse_collab.wording.benches import Differences
from tests.helpers.dict_host import DictHost
from tests.helpers.server_process import ServerProcess

SOON = 10_000  # ms
LENS, MIRROR = Record("lens", "component", {"n": 1}), Record("mirror", "component", {"n": 2})
GROUP = Record("group", "group", {"name": "Arm"})


class Window:
    """A host, a service and what joins them.

    Attributes:
        questions: what was asked: how the benches differ, and the path of the copy.
    """

    def __init__(self, parent: QObject, session_id: str, *records: Record) -> None:
        self.host = DictHost()
        self.host.bench = {record.id: record for record in records}
        self.service = CollaborationService(parent)
        self.replacements = Replacements(self.service, parent)
        self.participation = Participation(self.host, self.service, session_id, self.replacements, parent)
        self.questions: list[tuple[Differences, Path]] = []
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

    def join(self, *records: Record) -> Window:
        """A window with these records joins; returns when it is in, or asks."""
        window = Window(self._parent, self._session_id, *records)
        self.windows.append(window)
        window.service.connect_to_session(self._server.url, self._session_id, f"user {len(self.windows)}")
        self.until(lambda: window.participation.loaded or bool(window.questions))
        return window

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for it."""
        self._qtbot.waitUntil(condition, timeout=SOON)


def fill(lab: Lab, *records: Record) -> Window:
    """Somebody is in the session already, with this bench."""
    first = lab.join(*records)
    assert not first.questions
    lab.until(lambda: not first.pending)
    return first


def copies(lab: Lab) -> list[Path]:
    """The copies that were saved."""
    return sorted(lab.folder.rglob("*.json"))
