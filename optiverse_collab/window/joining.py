"""One window in one session: from the arrival of the session's bench to the end.

Joining never destroys work: where both sides have a bench, nothing is changed before `choose`, and
a bench that will disappear is saved to a file first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.exhaustive import Unmatched
from optiverse_collab.core.records import Op
from optiverse_collab.drivers.qt.service import CollaborationService
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.errors import BenchFileError
from optiverse_collab.host.api import Host
from optiverse_collab.window.ancestry import Shared
from optiverse_collab.window.canvas_presence import CanvasPresence
from optiverse_collab.window.coming_back import ComingBack
from optiverse_collab.window.meeting import Meeting
from optiverse_collab.window.merge_job import MergeJob
from optiverse_collab.window.replacing import Replacements
from optiverse_collab.window.saved_copies import copy_path, save_own, save_session
from optiverse_collab.window.sync_loop import LiveBench
from optiverse_collab.window.ui.choice_dialog import Answer, JoiningChoice, ReplacementChoice
from optiverse_collab.wording import copies, dialogs
from optiverse_collab.wording.activity import removed_in_hand
from optiverse_collab.wording.benches import differences


class Participation(QObject):
    """Brings a window's bench and a session's together, and keeps them together.

    Args:
        host: the window's adapter; it is closed with this.
        service: connects to the session.
        session_id: the session's name.
        replacements: hears of replacements of the bench while it is shared.
        coming_back: knows the bench from when it was last the session's.

    Attributes:
        loaded: whether the window shows the session's bench.

    Signals:
        leaving: the user chose to leave the session.
        replacement_needed: the user opened another bench; as `choice_needed`.
        choice_needed: the `Differences` of the user's bench to the session's, and the `Path` where a copy
            will be saved; `choose` answers.
        declined: a sentence: the window is not going to join.
        progress: a sentence, and how many of how many records have arrived.
        finished_loading: `loaded`.
        edited: the user's edits reached the replica, or others' changes were shown.
        canvas_opened: the `CanvasPresence` of the window's canvas, if it has one.
        undo_left: see `LiveBench`.
        removed_in_hand: a sentence: somebody removed an item that the user holds.
    """

    choice_needed = pyqtSignal(object, object)
    replacement_needed = pyqtSignal(object, object)
    declined = pyqtSignal(str)
    leaving = pyqtSignal()
    progress = pyqtSignal(str, int, int)
    finished_loading = pyqtSignal()
    canvas_opened = pyqtSignal(object)
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
        self._host, self._service = host, service
        self._session_id = session_id
        self._replacements = replacements
        self._coming_back = coming_back
        coming_back.host = host
        self._retry = single_shot(self, self._merge, 10)  # ms, until the disk has delivered the ancestor
        self._job: MergeJob | None = None
        self._choice: tuple[JoiningChoice, Path] | None = None
        self._live: LiveBench | None = None
        self._others: CanvasPresence | None = None
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
            if answer is JoiningChoice.CANCEL:
                self.declined.emit(dialogs.NOT_JOINED)
            else:
                self._choice = answer, path
                self._merge()  # both may be different by now
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
        """Push the user's edits so far."""
        self._finish_job()
        if self._live is not None:
            self._live.push_edits()

    def tick(self) -> None:
        """The same, and show others' edits so far."""
        self._finish_job()
        if self._live is not None:
            self._live.tick()

    def close(self) -> None:
        """Leave the window alone; its bench is unchanged."""
        self._service.message_received.disconnect(self._on_message)
        self._service.happened.disconnect(self._on_happened)
        self._service.drained.disconnect(self._on_drained)
        self._retry.stop()
        self._drop_job()
        if self._others is not None:
            self._others.close()
        if self._shared() is not None:
            self._coming_back.note_left(self._host.records())
        self._coming_back.forget_session()
        self._coming_back.warn(self._host)
        self._replacements.end()
        if self._live is not None:
            self._live.close()
        self._host.close()
        self.deleteLater()

    def _join(self, job: MergeJob, meeting: Meeting, choice: JoiningChoice, path: Path) -> None:
        brings = choice in (JoiningChoice.BRING, JoiningChoice.MERGE) and job.may_edit
        if meeting.found.differ or (meeting.found.new and not brings):
            try:
                save_own(self._host, path)
            except BenchFileError as error:
                self.declined.emit(f"{error} {dialogs.NOT_JOINED}")
                return
        job.send(meeting if brings else None)

    # The two benches meet

    @pyqtSlot()
    def _merge(self) -> None:
        """The session's bench has arrived: merge the two, or ask first."""
        session = self._service.session
        is_sending = self._job is not None and self._job.is_sending
        if self._live is not None or self._copy is not None or is_sending or session is None:
            return  # it was there before, too
        self._drop_job()
        if not self._coming_back.is_ready:
            self._retry.start()
            return
        self._coming_back.warn(self._host)
        self._job = MergeJob(self._host, session.replica, self._coming_back, self)
        self._job.compared.connect(self._on_compared)
        self._job.sent.connect(self._on_sent)
        self._host.watch_opened(self._opened)

    @pyqtSlot(object)
    def _on_compared(self, meeting: Meeting) -> None:
        job, choice, self._choice = self._job, self._choice, None
        if job is None:
            return
        if choice is not None:
            self._join(job, meeting, *choice)
        elif meeting.asks:
            self._coming_back.asked = job.shown
            self._drop_job()
            self._copy = self._copy_path(copies.JOINING)
            self.choice_needed.emit(meeting.found, self._copy)
        elif meeting.has_edits and not job.may_edit:
            self._join(job, meeting, JoiningChoice.REPLACE, self._copy_path(copies.JOINING))
        else:
            job.send(meeting)

    @pyqtSlot()
    def _on_sent(self) -> None:
        """The two benches are one from now on."""
        job, session = self._job, self._service.session
        if job is None or session is None:
            return
        live = self._live = LiveBench(self._host, session, self)
        live.edited.connect(self._service.wake)
        live.ticked.connect(self._service.send_due)
        live.edited.connect(self.edited)
        live.undo_left.connect(self.undo_left)
        live.denied.connect(self._service.edit_denied)
        live.loading.connect(self._on_loading)
        live.loaded.connect(self._on_loaded)
        self._replacements.begin(live)
        if self._host.view is not None:
            self._others = CanvasPresence(self._host, self._host.view, self._service, session, self)
            self.canvas_opened.emit(self._others)
        self._coming_back.shared = self._shared
        live.begin(job.brought, job.shown, job.changed)
        live.edited.emit()
        if job.meeting is not None:
            if job.meeting.sentence:
                self._host.log("INFO", f"✓ {job.meeting.sentence}")
            self._coming_back.note_joined(job.shown)
        self._drop_job()

    def _finish_job(self) -> None:
        """Send the rest at once."""
        if self._job is not None and self._job.finish():
            self._on_sent()

    def _copy_path(self, why: str) -> Path:
        return copy_path(why, self._session_id, datetime.now().astimezone())

    def _drop_job(self) -> None:
        if self._job is not None:
            self._job.close()
            self._job = None

    def _shared(self) -> Shared | None:
        if (live := self._live) is None or live.suspended:
            return None
        return Shared(self._session_id, live.replica, live.seen)

    def _opened(self, back: Callable[[], None]) -> None:
        """The user opened another bench in the window: nobody else gets it until they decide."""
        if self._live is None and self._job is not None:  # it meets the session's as this one was about to
            self._job.finish()
            self._drop_job()
            self._choice = None
            self._merge()
        if self._live is None or self._copy is not None:
            return
        self._back = back
        self._live.suspend()
        self._copy = self._copy_path(copies.REPLACING)
        found = differences(self._host.records(), self._live.replica.view)
        self.replacement_needed.emit(found, self._copy)

    def _replace(self, live: LiveBench, choice: ReplacementChoice, path: Path) -> None:
        match choice:
            case ReplacementChoice.LEAVE:
                self.leaving.emit()
            case ReplacementChoice.EVERYBODY if live.check_right() and save_session(
                self._host, live.replica.view, path
            ):
                live.publish_window()
                self._coming_back.note_joined(self._host.records())
            case ReplacementChoice.EVERYBODY | ReplacementChoice.BACK:
                self._back()
                live.begin(())
            case _:
                raise Unmatched(choice)

    @pyqtSlot()
    def _on_message(self) -> None:
        """Before a message is processed: the user's edits must not be mistaken for part of it."""
        if self._live is not None:
            self._live.push_before_receiving()

    @pyqtSlot(object)
    def _on_happened(self, effect: fx.SessionEffect) -> None:
        if isinstance(effect, fx.ShowChange) and self._live is not None:
            if sentence := removed_in_hand(effect, self._host.held, self._live.scripts):
                self.removed_in_hand.emit(sentence)
            self._live.show(effect)
        elif isinstance(effect, fx.Conflict) and self._live is not None:
            self._live.settle(effect)
        elif isinstance(effect, fx.SyncProgress):
            self._on_loading(effect.received, effect.total)
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
