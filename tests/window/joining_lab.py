"""Windows without widgets that join a session on a real server, each with its own bench."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.conflicts import HeldChange
from optiverse_collab.core.records import Op, Record
from optiverse_collab.drivers.qt.service import CollaborationService
from optiverse_collab.window.coming_back import ComingBack
from optiverse_collab.window.joining import Participation
from optiverse_collab.window.replacing import Replacements
from optiverse_collab.wording.benches import Differences
from tests.helpers.dict_host import DictHost
from tests.helpers.server_process import ServerProcess

SOON = 10_000  # ms
LENS, MIRROR = Record("lens", "component", {"n": 1}), Record("mirror", "component", {"n": 2})
GROUP = Record("group", "group", {"name": "Arm"})


class Window:
    """A host, a service and the object that joins them.

    Attributes:
        questions: what was asked: how the benches differ, and the path of the copy.
    """

    def __init__(self, parent: QObject, folder: Path, session_id: str, *records: Record) -> None:
        self.host = DictHost()
        self.host.bench = {record.id: record for record in records}
        self.service = CollaborationService(parent)
        self.replacements = Replacements(self.service, parent)
        self.coming_back = ComingBack(folder, lambda: self.host, parent)
        self.questions: list[tuple[Differences, Path]] = []
        self.declined: list[str] = []
        self._parent, self._session_id = parent, session_id
        self.begin()

    def begin(self) -> None:
        """Prepare to join."""
        self.participation = Participation(
            self.host, self.service, self._session_id, self.replacements, self.coming_back, self._parent
        )
        self.participation.choice_needed.connect(lambda *asked: self.questions.append(asked))
        self.participation.declined.connect(self.declined.append)

    def does(self, *ops: Op) -> None:
        """Make edits in a session."""
        self.host.user_does(*ops)
        self.participation.push_edits()

    def save(self) -> list[Record]:
        """Save; returns the content of the file."""
        self.coming_back.note_saved(dict(self.host.bench))
        return list(self.host.bench.values())

    def autosave(self) -> list[Record]:
        """Autosave; returns the content of the file."""
        said = dict(self.host.bench)
        self.coming_back.note_autosaved(lambda: said)
        return list(said.values())

    @property
    def view(self) -> dict[str, Record]:
        """The session's records, as this window's client knows them."""
        assert self.service.session is not None
        return self.service.session.replica.view

    @property
    def held(self) -> dict[str, HeldChange]:
        """The edits of this window's client that were held."""
        assert self.service.session is not None
        return self.service.session.replica.held

    @property
    def clock(self) -> int:
        """The session's clock, as this window's client knows it."""
        assert self.service.session is not None
        return self.service.session.replica.clock

    def freeze(self) -> None:
        """Stop sending and receiving."""
        assert self.service.session is not None
        self.service.session.replica.synced = False

    @property
    def pending(self) -> bool:
        """Whether the session still lacks some of the edits."""
        assert self.service.session is not None
        return bool(self.service.session.replica.pending)


class Lab:
    """A session with windows in it."""

    def __init__(self, qtbot: QtBot, server: ServerProcess, session_id: str, folder: Path) -> None:
        self._qtbot, self._server, self._session_id = qtbot, server, session_id
        self._parent = QObject()
        self.folder = folder
        self.windows: list[Window] = []

    def open(self, *records: Record, file: Iterable[Record] | None = None) -> Window:
        """Open a file with these records in a window that shows them, or others."""
        window = self.open_slowly(*records, file=file)
        self.until(lambda: window.coming_back.is_ready)
        return window

    def open_slowly(self, *records: Record, file: Iterable[Record] | None = None) -> Window:
        """Do the same without waiting for the disk."""
        window = self._new(*records)
        window.coming_back.note_opened({one.id: one for one in (records if file is None else file)})
        return window

    def join(self, *records: Record) -> Window:
        """Let a window with these records join; returns when it has joined, or asks."""
        window = self._new(*records)
        self.enter(window)
        return window

    def enter(self, window: Window, session_id: str = "") -> None:
        """Let a window join; returns when it has joined, or asks."""
        self.begin_to_enter(window, session_id)
        self.until(lambda: window.participation.loaded or bool(window.questions))
        self.until(lambda: bool(window.questions) or not window.pending)

    def begin_to_enter(self, window: Window, session_id: str = "") -> None:
        """Let a window prepare to join."""
        name = f"user {self.windows.index(window) + 1}"
        window.service.connect_to_session(self._server.url, session_id or self._session_id, name)

    def leave(self, window: Window) -> None:
        """Let a window leave; its user stays at the window."""
        window.service.disconnect_from_session()
        window.participation.close()
        window.begin()

    def _new(self, *records: Record) -> Window:
        window = Window(self._parent, self.folder / "ancestors", self._session_id, *records)
        self.windows.append(window)
        return window

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds."""
        self._qtbot.waitUntil(condition, timeout=SOON)


def fill(lab: Lab, *records: Record) -> Window:
    """Let somebody else join first, with this bench."""
    first = lab.join(*records)
    assert not first.questions
    lab.until(lambda: not first.pending)
    return first


def copies(lab: Lab) -> list[Path]:
    """The copies that were saved."""
    return sorted(lab.folder.rglob("*.json"))
