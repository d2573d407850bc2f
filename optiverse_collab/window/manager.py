"""One window's collaboration: the service, the companion server, and the session that it is in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.protocol.address import invite_link, parse_address, websocket_url
from optiverse_collab.core.records import Op
from optiverse_collab.disk.file_format import Hosted
from optiverse_collab.disk.folder import ReplicaFolder, Waiting
from optiverse_collab.disk.tokens import Tokens
from optiverse_collab.drivers.qt.service import CollaborationService
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.errors import AddressError, HostUnsupported
from optiverse_collab.host.api import LEVELS, Host
from optiverse_collab.window import folders
from optiverse_collab.window.background import Background
from optiverse_collab.window.coming_back import ComingBack
from optiverse_collab.window.hosting import Hosting
from optiverse_collab.window.joining import Participation
from optiverse_collab.window.keeping import Keeping
from optiverse_collab.window.replacing import Replacements
from optiverse_collab.window.ui.choice_dialog import Answer

LEAVE_MS = 2000
"""How long leaving waits for the server to store the last edits; it takes tens of ms."""


class CollaborationManager(QObject):
    """Joins a session with a window's bench, and leaves it again.

    Args:
        attach: makes the adapter for the window; called when a session is joined.

    Attributes:
        service: the connection.
        host: the window's bench; None before the first session.
        hosting: the server of this computer that the session is on, if this window hosts it.
        background: waits for the disk.
        keeping: the replica of the session, on disk.
        replacements: of the session's bench, for everybody.
        coming_back: the bench from when it was last a session's.
        server_url, address, session_id: of the session joined last; `address` may have the key's pin, too.
        moment: the clock, and the item if any, that the link for joining led to; None if it named no clock.
        status: the state; ``connected`` only when the window shows the session's bench.

    Signals:
        status_changed: the new `ConnectionState`.
        progress: a sentence, and how much is done of how much; 0 of 0 where that is not known.
        joined: the window shows the session's bench.
        failed: a sentence: there is no session, or it has ended.
        participants_changed: somebody came or went, is away or back, or may do something else.
        choice_needed, replacement_needed, canvas_opened, edited, undo_left, removed_in_hand: see
            `Participation`.
    """

    status_changed = pyqtSignal(object)
    progress = pyqtSignal(str, int, int)
    joined = pyqtSignal()
    failed = pyqtSignal(str)
    choice_needed = pyqtSignal(object, object)
    replacement_needed = pyqtSignal(object, object)
    participants_changed = pyqtSignal()
    canvas_opened = pyqtSignal(object)
    edited = pyqtSignal()
    undo_left = pyqtSignal(str)
    removed_in_hand = pyqtSignal(str)

    def __init__(self, attach: Callable[[], Host], parent: QObject) -> None:
        super().__init__(parent)
        self.server_url = self.address = self.session_id = self._moving = ""
        self.moment: tuple[int, str | None] | None = None
        self.status = ConnectionState.OFFLINE
        self.service = CollaborationService(self)
        self.replacements = Replacements(self.service, self)
        self.coming_back = ComingBack(folders.ancestor_folder(), attach, self)
        self._attach = attach
        self.host: Host | None = None
        self._participation: Participation | None = None
        self._user_id = ""
        self._waiting: Waiting | None = None
        self.background = Background(self)
        self.hosting = Hosting(self.service, self.background, self)
        replicas, tokens = ReplicaFolder(folders.replica_folder()), Tokens(folders.token_folder())
        self.keeping = Keeping(replicas, tokens, self.service, self.background, self)
        self._goodbye = single_shot(self, self._leave_now, LEAVE_MS)
        self.service.logged.connect(self.log)
        self.service.happened.connect(self._on_happened)
        self.service.drained.connect(self._on_drained)
        self.service.state_changed.connect(self._on_service_state)
        self.service.error_occurred.connect(self._on_ended)
        self.hosting.progress.connect(self.progress)
        self.hosting.ready.connect(self._join)
        self.hosting.failed.connect(self._give_up)
        self.hosting.logged.connect(self.log)
        self.keeping.logged.connect(self.log)

    def create_session(
        self, port: int, listen: str, session_id: str, user_id: str, waiting: Waiting | None = None
    ) -> None:
        """Start the companion server on this computer, or find it there, and join a session on it.

        Args:
            port: where it listens.
            listen: the address that it opens: ``127.0.0.1``, or ``0.0.0.0`` for the local network.
            session_id, user_id, waiting: see `join_session`.
        """
        if self._begin(session_id, user_id, waiting):
            self.hosting.start(Hosted(port, listen), session_id)
            self._update_status()

    def join_session(
        self, server_url: str, session_id: str, user_id: str, waiting: Waiting | None = None
    ) -> None:
        """Join a session on a running server.

        Args:
            server_url: ``ws://host:port``, or an invite link.
            session_id: name of the session; it is created if there is none.
            user_id: name that others see.
            waiting: unsent edits to join with; they are sent.
        """
        if self._begin(session_id, user_id, waiting):
            self._join(server_url)

    def move(self, link: str, hosted: Hosted | None = None) -> None:
        """Go on with this session on another server; if that has another history, join it like any other."""
        self._moving, place = link, self.keeping.move(link, hosted)
        self.server_url, self.address = place.server, place.remembered
        self.hosting.cancel()
        self._update_status()

    def choose(self, answer: Answer) -> None:
        """Answer `choice_needed` or `replacement_needed`; see `Participation.choose`."""
        if self._participation is not None:
            self._participation.choose(answer)

    def edit(self, text: str, ops: Callable[[], Sequence[Op]]) -> None:
        """Do something for the user, as one undo step; see `LiveBench.edit`."""
        if self._participation is not None:
            self._participation.edit(text, ops)

    def is_in(self, session_id: str) -> bool:
        """Whether the window follows this session at the moment."""
        return self.session_id == session_id and self.service.is_connected()

    @pyqtSlot(str)
    def centre_on(self, id: str) -> None:
        """Scroll to an item."""
        if self._participation is not None:
            self._participation.centre_on(id)

    def leave(self) -> None:
        """Leave the session; the bench is unchanged. The last edits still get to the server."""
        if self._participation is not None:
            self._participation.tick()
        if self.service.is_connected() and self.service.sendable:
            self.service.flush()
            self._goodbye.start()
        else:
            self._leave_now()

    def release_window(self) -> None:
        """Leave the window alone, which its host may destroy; the session stays until `close`."""
        if self._participation is not None:
            self._participation.push_edits()
        self._detach()

    def close(self, keep_server: bool = False) -> None:
        """The window closes: leave at once.

        Args:
            keep_server: let the server continue, if this window started it; else it ends.
        """
        self.release_window()
        if keep_server:
            self.hosting.hand_over()
        self._leave_now()
        self.coming_back.close()
        self.hosting.stop()

    @property
    def session(self) -> SessionClient | None:
        """The session that the window is in; None if it is in none."""
        return self.service.session if self.status.in_session else None

    @property
    def invite(self) -> str:
        """The link that others paste to join."""
        return invite_link(self.hosting.url or self.service.address, self.session_id)

    def _begin(self, session_id: str, user_id: str, waiting: Waiting | None = None) -> bool:
        """Leave the former session, and attach to the window; False if that fails."""
        self.release_window()
        self._leave_now()
        try:
            self.host = self._attach()
        except HostUnsupported as error:
            self.failed.emit(str(error))
            return False
        self.session_id, self._user_id, self._waiting, self._moving = session_id, user_id, waiting, ""
        there = Participation(self.host, self.service, session_id, self.replacements, self.coming_back, self)
        there.choice_needed.connect(self.choice_needed)
        there.replacement_needed.connect(self.replacement_needed)
        there.leaving.connect(self.leave)
        there.declined.connect(self._give_up)
        there.progress.connect(self.progress)
        there.finished_loading.connect(self._on_loaded)
        there.canvas_opened.connect(self.canvas_opened)
        there.edited.connect(self.edited)
        there.undo_left.connect(self.undo_left)
        there.removed_in_hand.connect(self.removed_in_hand)
        self._participation = there
        return True

    @pyqtSlot(str)
    def _join(self, server_url: str) -> None:
        session, user, hosted = self.session_id, self._user_id, self.hosting.hosted
        try:
            place = parse_address(server_url)
            websocket_url(server_url, session, user)
        except AddressError as error:
            self._give_up(str(error))
            return
        self.server_url, self.address = place.server, place.remembered
        self.moment = None if place.clock is None else (place.clock, place.item)
        self.keeping.join(self.address, session, user, hosted, self._waiting, place.token)
        self._update_status()

    @pyqtSlot(str)
    def _give_up(self, sentence: str) -> None:
        self._leave_now()
        self.failed.emit(sentence)

    @pyqtSlot()
    def _leave_now(self) -> None:
        self._goodbye.stop()
        self.hosting.cancel()
        self.keeping.close()
        self._detach()
        self._update_status()

    def _detach(self) -> None:
        participation, self._participation = self._participation, None
        if participation is not None:
            participation.close()

    # Signals of the service

    @pyqtSlot(object)
    def _on_service_state(self, state: ConnectionState) -> None:
        if state is ConnectionState.FAILED and not self._is_of_the_past:
            self._detach()
        self._update_status()

    @property
    def _is_of_the_past(self) -> bool:
        """Whether the stored replica turned out, on joining, to belong to a lost history."""
        loaded = self._participation is None or self._participation.loaded
        return self.keeping.is_history_gone and not loaded

    @pyqtSlot(str)
    def _on_ended(self, sentence: str) -> None:
        link, self._moving = self._moving, ""
        if self._is_of_the_past:
            self.keeping.start_over()
        elif link and self.keeping.is_history_gone:
            self.join_session(link, self.session_id, self._user_id)
        else:
            self.keeping.close()
            self.failed.emit(sentence)

    @pyqtSlot(object)
    def _on_happened(self, effect: fx.SessionEffect) -> None:
        if isinstance(effect, fx.OfPeople):
            self.participants_changed.emit()

    @pyqtSlot()
    def _on_drained(self) -> None:
        if self._goodbye.isActive():
            self._leave_now()

    @pyqtSlot()
    def _on_loaded(self) -> None:
        self._update_status()
        self.joined.emit()

    def _update_status(self) -> None:
        is_starting = self.hosting.starting or self.keeping.opening
        state = ConnectionState.CONNECTING if is_starting else self.service.state
        loaded = self._participation is not None and self._participation.loaded
        if state is ConnectionState.CONNECTED and not loaded:
            state = ConnectionState.SYNCING
        if state is not self.status:
            self.status = state
            self.status_changed.emit(state)
            if self._moving and state is ConnectionState.CONNECTED:
                self._moving = ""
                self.joined.emit()

    @pyqtSlot(int, str)
    def log(self, level: int, text: str) -> None:
        """Write a line to the window's log, if it is in a session or was."""
        if self.host is not None:
            self.host.log(LEVELS[level], text)
