"""One window in one session: from the first sight of the session's bench to the end.

Joining never destroys work: where both sides have a bench, nothing is changed before `choose`, and
what will not be seen any more is saved to a file first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from optiverse_collab.convert import bench_from_records, write_bench
from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.exhaustive import Unmatched
from optiverse_collab.core.records import Op, Record
from optiverse_collab.drivers.qt.service import CollaborationService
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.errors import BenchFileError
from optiverse_collab.host.api import Host
from optiverse_collab.window.coming_back import ComingBack, Shared
from optiverse_collab.window.meeting import Meeting, meet, send
from optiverse_collab.window.replacing import Replacements
from optiverse_collab.window.saved_copies import copy_path, save_copy
from optiverse_collab.window.sync_loop import LiveBench
from optiverse_collab.window.ui.choice_dialog import Answer, JoiningChoice, ReplacementChoice
from optiverse_collab.window.ui.cursors import CursorOverlay
from optiverse_collab.wording import benches, dialogs
from optiverse_collab.wording.activity import removed_in_hand
from optiverse_collab.wording.benches import differences
from optiverse_collab.wording.edits import title

Records = dict[str, Record]

LOOK_MS = 10
"""How often we look whether the disk has said what the file was."""


class Participation(QObject):
    """Brings a window's bench and a session's together, and keeps them together.

    Args:
        host: the window's adapter; it is closed with this.
        service: connects to the session.
        session_id: the session's name.
        replacements: hears of replacements of the bench while it is shared.
        coming_back: knows what the bench was when it was last the session's.

    Attributes:
        loaded: whether the window shows the session's bench.

    Signals:
        leaving: the user would rather leave the session.
        replacement_needed: the user opened another bench; as `choice_needed`.
        choice_needed: the `Differences` of the user's bench to the session's, and the `Path` where a copy
            will be saved; `choose` answers.
        declined: a sentence: the window is not going to join.
        progress: a sentence, and how many of how many records have arrived.
        finished_loading: the window shows the session's bench.
        edited: what the user did was made the replica's, or others' changes were shown.
        undo_left: see `LiveBench`.
        removed_in_hand: a sentence: somebody removed what the user has in hand.
    """

    choice_needed = pyqtSignal(object, object)
    replacement_needed = pyqtSignal(object, object)
    declined = pyqtSignal(str)
    leaving = pyqtSignal()
    progress = pyqtSignal(str, int, int)
    finished_loading = pyqtSignal()
    edited = pyqtSignal()
    undo_left = pyqtSignal(str)
    removed_in_hand = pyqtSignal(str)

    def __init__(
        self,
        host: Host,
        service: CollaborationService,
        session_id: str,
        replacements: Replacements,
        coming_back: ComingBack,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.loaded = False
        self._host = host
        self._service = service
        self._session_id = session_id
        self._replacements = replacements
        self._coming_back = coming_back
        coming_back.host = host
        self._retry = single_shot(self, self._merge, LOOK_MS)
        self._live: LiveBench | None = None
        self._cursors: CursorOverlay | None = None
        self._copy: Path | None = None
        self._back: Callable[[], None] = lambda: None
        service.message_received.connect(self._on_message)
        service.happened.connect(self._on_happened)
        service.drained.connect(self._on_drained)

    def choose(self, answer: Answer) -> None:
        """Answer the question that is open; an answer to the other one is ignored."""
        path, live = self._copy, self._live
        if path is None:
            return
        if live is None and isinstance(answer, JoiningChoice):
            self._copy = None
            self._join(answer, path)
        elif live is not None and isinstance(answer, ReplacementChoice):
            self._copy = None
            self._replace(live, answer, path)

    def edit(self, text: str, ops: Callable[[], Sequence[Op]]) -> None:
        """Do something for the user; see `LiveBench.edit`."""
        if self._live is not None:
            self._live.edit(text, ops)

    def centre_on(self, id: str) -> None:
        """Scroll to an item, if the host has a canvas and the item is on it."""
        outline, view = self._host.outline(id), self._host.view
        if outline is not None and view is not None:
            view.centerOn(outline.boundingRect().center())

    def push_edits(self) -> None:
        """Push what the user did up to now."""
        if self._live is not None:
            self._live.push_edits()

    def tick(self) -> None:
        """The same, and show what others did up to now."""
        if self._live is not None:
            self._live.tick()

    def close(self) -> None:
        """Leave the window alone; its bench stays as it is."""
        self._service.message_received.disconnect(self._on_message)
        self._service.happened.disconnect(self._on_happened)
        self._service.drained.disconnect(self._on_drained)
        self._retry.stop()
        if self._cursors is not None:
            self._cursors.close_for_good()
        if self._shared() is not None:
            self._coming_back.note_left(self._host.records())
        self._coming_back.forget_session()
        self._warn()
        self._replacements.end()
        if self._live is not None:
            self._live.close()
        self._host.close()
        self.deleteLater()

    def _join(self, choice: JoiningChoice, path: Path) -> None:
        meeting = self._meet()
        if choice is JoiningChoice.CANCEL or meeting is None:
            self.declined.emit(dialogs.NOT_JOINED)
            return
        brings = choice is JoiningChoice.BRING
        if meeting.found.differ or (meeting.found.new and not brings):
            try:
                save_copy(self._host.save_copy, path)
            except BenchFileError as error:
                self.declined.emit(f"{error} {dialogs.NOT_JOINED}")
                return
            self._host.log("INFO", f"✓ A copy of your bench was saved: {path}")
        self._share(meeting if brings else None)

    def _both(self) -> tuple[Records, Records]:
        """The window's bench and the session's."""
        session = self._service.session
        return self._host.records(), {} if session is None else session.replica.view

    def _warn(self) -> None:
        for sentence in self._coming_back.take_warnings():
            self._host.log("WARNING", sentence)

    def _meet(self) -> Meeting | None:
        session = self._service.session
        if session is None:
            return None
        return meet(*self._both(), session.replica, self._coming_back)

    @pyqtSlot()
    def _merge(self) -> None:
        """The session's bench is here: bring the two together, or ask first."""
        if self._live is not None or self._copy is not None:  # it was there before, too
            return
        if not self._coming_back.is_ready:
            self._retry.start()
            return
        self._warn()
        meeting = self._meet()
        if meeting is not None and meeting.asks:
            self._copy = copy_path("joining", self._session_id, datetime.now().astimezone())
            self.choice_needed.emit(meeting.found, self._copy)
        elif meeting is not None:
            if meeting.sentence:
                self._host.log("INFO", f"✓ {meeting.sentence}")
            self._share(meeting)

    def _share(self, meeting: Meeting | None) -> None:
        """From here on the two benches are one; without a meeting, the session's."""
        session = self._service.session
        if session is None:
            return
        mine = self._host.records()
        brought, refused = ([], []) if meeting is None else send(meeting, mine, session.replica)
        for op in refused:
            self._host.log("ERROR", f"✗ {benches.not_sent(title(op.id, mine.get(op.id)))}")
        live = self._live = LiveBench(self._host, session, self)
        live.edited.connect(self._service.wake)
        live.edited.connect(self.edited)
        live.undo_left.connect(self.undo_left)
        live.loading.connect(self._on_loading)
        live.loaded.connect(self._on_loaded)
        self._replacements.begin(live)
        if self._host.view is not None:
            self._cursors = CursorOverlay(self._host.view, session, self._host.outline)
        self._host.watch_opened(self._opened)
        self._coming_back.shared = self._shared
        live.begin(brought)
        live.edited.emit()
        if meeting is not None:
            self._coming_back.note_joined(mine)

    def _shared(self) -> Shared | None:
        live = self._live
        if live is None or live.suspended:
            return None
        return Shared(self._session_id, live.replica, live.seen)

    def _opened(self, back: Callable[[], None]) -> None:
        """The user put another bench into the window: nobody else shall have it before they said so."""
        if self._live is None or self._copy is not None:
            return
        self._back = back
        self._live.suspend()
        self._copy = copy_path("replacing", self._session_id, datetime.now().astimezone())
        self.replacement_needed.emit(differences(*self._both()), self._copy)

    def _replace(self, live: LiveBench, choice: ReplacementChoice, path: Path) -> None:
        match choice:
            case ReplacementChoice.LEAVE:
                self.leaving.emit()
            case ReplacementChoice.EVERYBODY if self._save_session(path):
                live.publish_window()
                self._coming_back.note_joined(self._host.records())
            case ReplacementChoice.EVERYBODY | ReplacementChoice.BACK:
                self._back()
                live.begin(())
            case _:
                raise Unmatched(choice)

    def _save_session(self, path: Path) -> bool:
        """Save what the session has, before it is replaced for everybody."""
        records = self._both()[1]
        try:
            save_copy(lambda path: write_bench(path, bench_from_records(records)), path)
        except BenchFileError as error:
            self._host.log("ERROR", f"✗ {error} The session's bench was not replaced.")
            return False
        self._host.log("INFO", f"✓ A copy of the session's bench was saved: {path}")
        return True

    @pyqtSlot()
    def _on_message(self) -> None:
        """Before anything is made of a message: what the user did must not be taken for part of it."""
        if self._live is not None:
            self._live.push_before_receiving()

    @pyqtSlot(object)
    def _on_happened(self, effect: fx.SessionEffect) -> None:
        if isinstance(effect, fx.ShowChange) and self._live is not None:
            if sentence := removed_in_hand(effect, self._host.held):
                self.removed_in_hand.emit(sentence)
            self._live.show(effect)
        elif isinstance(effect, fx.Conflict) and self._live is not None:
            self._live.settle(effect)
        elif isinstance(effect, fx.SyncProgress):
            self._on_loading(effect.received, effect.total)
        elif (
            isinstance(effect, (fx.PresenceChanged, fx.ParticipantLeft, fx.Acknowledged))
            and self._cursors is not None
        ):
            self._cursors.refresh()
        elif isinstance(effect, fx.Synced):
            self._merge()

    @pyqtSlot(int, int)
    def _on_loading(self, done: int, total: int) -> None:
        self.progress.emit(dialogs.LOADING.format(received=done, total=total), done, total)

    @pyqtSlot()
    def _on_drained(self) -> None:
        self._coming_back.note_acknowledged()

    @pyqtSlot()
    def _on_loaded(self) -> None:
        self.loaded = True
        self.finished_loading.emit()
