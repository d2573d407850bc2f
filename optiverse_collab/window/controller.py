"""What the plugin makes for one window: menu entries, status widget and dialogs, around a manager."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSlot
from PyQt6.QtGui import QGuiApplication

from optiverse_collab.core.exhaustive import Unmatched
from optiverse_collab.hookspecs import Action
from optiverse_collab.host.adapters import adapter_of, watch_files
from optiverse_collab.manifest import ActionId, ActionTable, EnabledWhen, load
from optiverse_collab.window.activity_log import ActivityLog
from optiverse_collab.window.connecting import Connecting
from optiverse_collab.window.garbage import GuiGarbage
from optiverse_collab.window.kept_log import KeptLog
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.old_benches import OldBenches
from optiverse_collab.window.reporting import ConflictReports
from optiverse_collab.window.settings import Settings
from optiverse_collab.window.standing import ConnectionStanding
from optiverse_collab.window.ui.choice_dialog import Answer, ChoiceDialog, joining_dialog, opened_dialog
from optiverse_collab.window.ui.keep_server import KeepServerQuestion
from optiverse_collab.window.ui.participants import ParticipantsDialog
from optiverse_collab.window.unsent import UnsentEdits
from optiverse_collab.wording.benches import Differences

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QDialog, QMainWindow, QWidget

    from optiverse_collab.window.ui.connect_dialog import ConnectDialog

Enable = Callable[[bool], None]


class CollaborationController(QObject):
    """Implements `optiverse_collab.window.attachment.Attachment`.

    Args:
        window: the host's main window.

    Attributes:
        manager: the session.
        connecting: the connect dialog.
        kept_log: the file with all that is logged.
        standing: shows how the connection stands.
        status: the part of the status bar.
        old_benches: shows benches that were replaced.
        unsent: the edits that wait on this computer.
        reports: what is told of conflicts.
        question: the open dialog that asks what to do with two benches.

    Raises:
        HostUnsupported: we know no such window.
        ManifestError: the manifest has a fault.
    """

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._manifest = load()
        self._garbage = GuiGarbage(self)
        self.manager = CollaborationManager(adapter_of(window), self)
        coming_back = self.manager.coming_back
        self._unwatch_files = watch_files(
            window, coming_back.note_opened, coming_back.note_saved, coming_back.note_autosaved
        )
        self.kept_log = KeptLog(self)
        self._activity = ActivityLog(self.manager.service, self)
        self._activity.logged.connect(self.manager.log)
        self.connecting = Connecting(self.manager, Settings(self._manifest.settings, self), window)
        self.standing = ConnectionStanding(window, self.manager, self)
        self.status = self.standing.status
        self.reports = ConflictReports(window, self.manager, self)
        self.reports.toasts.quiet = self.connecting.settings.quiet
        self._show_quiet: Enable = lambda quiet: None
        self._participants_dialog: ParticipantsDialog | None = None
        self.question: ChoiceDialog | None = None
        self.old_benches = OldBenches(self.manager, self.reports.toasts, window)
        self.unsent = UnsentEdits(self.manager, self.standing.bar, self.reports.toasts, self._user, window)
        self.unsent.changed.connect(self._on_news)
        self._switches: list[tuple[ActionTable, Enable]] = []
        self.status.clicked.connect(self._on_status_clicked)
        self.standing.participants_wanted.connect(self.open_participants)
        self.manager.status_changed.connect(self._on_news)
        self.reports.changed.connect(self._on_news)
        self.reports.toasts.changed.connect(self._on_news)
        self.manager.participants_changed.connect(self._on_news)
        self.manager.service.outage_changed.connect(self._on_news)
        self.manager.choice_needed.connect(self._on_choice_needed)
        self.manager.replacement_needed.connect(self._on_replacement_needed)
        self.manager.replacements.changed.connect(self._on_news)

    # What the plugin's hooks return

    def actions(self) -> list[Action]:
        """The manifest's menu entries."""
        return [self._action(table) for table in self._manifest.actions]

    def status_widgets(self) -> list[QWidget]:
        """How many changes there are to look at, and connection and user count."""
        return [self.reports.hint, self.status]

    def dialogs(self) -> dict[str, Callable[[], QDialog]]:
        """Each makes the dialog or brings it to the front."""
        return {
            "collaboration.connect": self.open_connect_dialog,
            "collaboration.participants": self.open_participants,
        }

    def close(self) -> None:
        """The window closes."""
        self.manager.close(keep_server=self._keeps_server())
        self.unsent.close()
        self._unwatch_files()
        self.reports.close()
        self.standing.close()
        self.kept_log.close()
        self._garbage.close()

    # What users can do

    def open_connect_dialog(self) -> ConnectDialog:
        """Ask where to connect."""
        return self.connecting.open()

    def open_participants(self) -> ParticipantsDialog:
        """Show who is in the session."""
        dialog = self._participants_dialog
        if dialog is None:
            dialog = self._participants_dialog = ParticipantsDialog(self._window)
        self._on_news()
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()
        return dialog

    def copy_invite(self) -> None:
        """Put the link that others paste on the clipboard."""
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self.manager.invite)

    def toggle_quiet(self) -> None:
        """Let notices show or not, but for those of conflicts; it is remembered."""
        quiet = not self.reports.toasts.quiet
        self.reports.toasts.quiet = self.connecting.settings.quiet = quiet
        self._show_quiet(quiet)

    def _user(self) -> str:
        """The name under which this window's user joins."""
        return self.connecting.settings.user

    def _action(self, table: ActionTable) -> Action:
        def enabled_when(enable: Enable) -> None:
            self._switches.append((table, enable))
            self._switch(table, enable)

        def checked_when(check: Enable) -> None:
            self._show_quiet = check
            check(self.reports.toasts.quiet)

        run = self._run(table.id)
        checked = checked_when if table.id is ActionId.QUIET else None
        return Action(tuple(table.menu), table.text, table.shortcut, table.icon, run, enabled_when, checked)

    def _run(self, id: ActionId) -> Callable[[], object]:
        """What a menu entry calls."""
        runs: dict[ActionId, Callable[[], object]] = {
            ActionId.CONNECT: self.open_connect_dialog,
            ActionId.DISCONNECT: self.manager.leave,
            ActionId.COPY_INVITE: self.copy_invite,
            ActionId.PARTICIPANTS: self.open_participants,
            ActionId.UNSENT: self.unsent.open,
            ActionId.CHANGES: self.reports.open_changes,
            ActionId.RETRY: self.manager.service.retry_now,
            ActionId.QUIET: self.toggle_quiet,
            ActionId.GO_TO_NOTICE: self.reports.toasts.focus_newest,
            ActionId.SHOW_LOG_FILES: self.kept_log.show,
            ActionId.SHOW_OLD_BENCH: self.old_benches.show_last,
            ActionId.BRING_BACK_BENCH: self.old_benches.bring_back_last,
        }
        return runs[id]

    def _switch(self, table: ActionTable, enable: Enable) -> None:
        match table.enabled_when:
            case EnabledWhen.ONLINE:
                enable(self.manager.status.in_session)
            case EnabledWhen.ALWAYS:
                enable(True)
            case EnabledWhen.UNSENT:
                enable(bool(self.unsent.leftovers.found))
            case EnabledWhen.CHANGES:
                enable(self.reports.count > 0)
            case EnabledWhen.WAITING:
                enable(self.standing.can_retry)
            case EnabledWhen.NOTICES:
                enable(bool(self.reports.toasts.shown))
            case EnabledWhen.REPLACED:
                enable(self.manager.replacements.last is not None)
            case _:
                raise Unmatched(table.enabled_when)

    def _keeps_server(self) -> bool:
        """Ask what becomes of the server that this window started, if others are connected to it."""
        guests, pid = self.manager.hosting.guests, self.manager.hosting.pid
        if not guests or pid is None:
            return False
        self.manager.release_window()
        question = KeepServerQuestion(guests, pid, str(self.manager.hosting.log), self._window)
        question.exec()
        question.deleteLater()
        return question.keeps

    # What the manager tells

    @pyqtSlot()
    def _on_news(self) -> None:
        """Show how it stands, everywhere."""
        session = self.manager.service.session
        if self._participants_dialog is not None and session is not None:
            self._participants_dialog.show_participants(list(session.participants.values()), session.me)
        for table, enable in self._switches:
            self._switch(table, enable)
        if self.question is not None and not self.manager.status.in_session:
            self.question.reject()

    @pyqtSlot(object, object)
    def _on_choice_needed(self, found: Differences, copy: Path) -> None:
        asking = self.connecting.dialog
        above = asking if asking is not None and asking.isVisible() else self._window
        self._ask(joining_dialog(found, copy, above))

    @pyqtSlot(object, object)
    def _on_replacement_needed(self, found: Differences, copy: Path) -> None:
        self._ask(opened_dialog(found, copy, self._window))

    def _ask(self, dialog: ChoiceDialog) -> None:
        self.question = dialog
        dialog.chosen.connect(self._on_chosen)
        dialog.open()

    @pyqtSlot(object)
    def _on_chosen(self, answer: Answer) -> None:
        dialog, self.question = self.question, None
        if dialog is not None:
            dialog.deleteLater()
        self.manager.choose(answer)

    @pyqtSlot()
    def _on_status_clicked(self) -> None:
        if self.manager.status.in_session:
            self.standing.open_popup()
        else:
            self.open_connect_dialog()
