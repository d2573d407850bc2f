"""The plugin's objects for one window: menu entries, status widget and dialogs, around a manager."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSlot

from optiverse_collab.hookspecs import Action, When
from optiverse_collab.host.adapters import adapter_of, watch_files
from optiverse_collab.manifest import ActionId, EnabledWhen, load
from optiverse_collab.window.access import Access
from optiverse_collab.window.activity_log import ActivityLog
from optiverse_collab.window.asking import Asking
from optiverse_collab.window.attendance_notices import AttendanceNotices
from optiverse_collab.window.connecting import Connecting
from optiverse_collab.window.garbage import GuiGarbage
from optiverse_collab.window.handing_over import HandingOver
from optiverse_collab.window.homecoming import Homecoming
from optiverse_collab.window.host_now import HostNow
from optiverse_collab.window.inviting import Inviting
from optiverse_collab.window.kept_log import KeptLog
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.menu_entries import Enable, MenuEntries, always
from optiverse_collab.window.old_benches import OldBenches
from optiverse_collab.window.people import PeoplePanel, PeopleRights
from optiverse_collab.window.pointing import Pointing
from optiverse_collab.window.pointing_choices import PointingChoices
from optiverse_collab.window.privacy import PrivacyChoices
from optiverse_collab.window.reporting import ConflictReports
from optiverse_collab.window.rights import RightsStanding
from optiverse_collab.window.settings import Choice, Settings
from optiverse_collab.window.standby_copy import StandbyCopy
from optiverse_collab.window.standing import ConnectionStanding
from optiverse_collab.window.timeline import TimelinePanel
from optiverse_collab.window.toggles import Toggle
from optiverse_collab.window.ui.choice_dialog import Answer, ChoiceDialog, joining_dialog, opened_dialog
from optiverse_collab.window.ui.keep_server import KeepServerQuestion
from optiverse_collab.window.unsent import UnsentEdits
from optiverse_collab.wording.benches import Differences

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QDialog, QMainWindow, QWidget

    from optiverse_collab.window.ui.connect_dialog import ConnectDialog


class CollaborationController(QObject):
    """Implements `optiverse_collab.window.attachment.Attachment`.

    Args:
        window: the host's main window.

    Attributes:
        manager: the session.
        connecting: the connect dialog.
        inviting: gives links to others.
        kept_log: the log file.
        standing: shows the state of the connection.
        status: the part of the status bar.
        privacy: the user's privacy settings.
        pointing: shows things to others.
        pointing_choices: its chords, and whose pointing is shown.
        old_benches: shows benches that were replaced.
        unsent: the edits that wait on this computer.
        reports: the reports about conflicts.
        handing_over: saves edits that their author may not send, and imports others' edits.
        rights: shows the user's role.
        copy: keeps a standby copy of the host's server.
        host_now: can host in the host's place.
        asking: lets people ask each other to hand over items.
        access: lets an owner manage access.
        people: shows who is in the session.
        timeline: shows who did what in it, and earlier moments.
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
        ActivityLog(self.manager.service, self).logged.connect(self.manager.log)
        settings = Settings(self._manifest.settings, self)
        self.manager.service.introduction = settings.introduction
        self.connecting = Connecting(self.manager, settings, window)
        self.inviting = Inviting(self.manager, window)
        self.connecting.hosting.connect(self.inviting.note_hosting)
        self.standing = ConnectionStanding(window, self.manager, self)
        self.status = self.standing.status
        self.reports = ConflictReports(window, self.manager, self)
        self.privacy = PrivacyChoices(self.manager, settings, self)
        self.pointing = Pointing(self.manager, settings, self.reports.toasts, self)
        self.pointing_choices = PointingChoices(window, self._manifest, settings, self.pointing)
        toasts, bar = self.reports.toasts, self.standing.bar
        self._quiet = Toggle(settings, Choice.QUIET)
        self._quiet.watch(toasts.be_quiet)
        self._attendance = AttendanceNotices(self.manager.service, toasts, self)
        self.question: ChoiceDialog | None = None
        self.old_benches = OldBenches(self.manager, toasts, window)
        self.unsent = UnsentEdits(self.manager, bar, toasts, lambda: settings.user, window)
        self.access, self.asking = Access(self.manager, window), Asking(self.manager, toasts, self)
        self.handing_over = HandingOver(self.manager, toasts, window)
        self.rights = RightsStanding(self.manager, bar, toasts, self.handing_over, window)
        self.copy = StandbyCopy(self.manager, toasts, self)
        self.host_now = HostNow(self.copy, self.inviting, bar, toasts, window)
        self.status.clicked.connect(self._on_status_clicked)
        self.people = self._make_people(settings)
        self.timeline = TimelinePanel(window, self.manager, toasts)
        self._entries = self._make_entries()
        manager = self.manager
        for owner in (self.reports, toasts, self.unsent, self.asking, self.host_now, manager.replacements):
            owner.changed.connect(self._on_news)
        for news in (manager.status_changed, manager.participants_changed, manager.service.outage_changed):
            news.connect(self._on_news)
        manager.choice_needed.connect(self._on_choice_needed)
        manager.replacement_needed.connect(self._on_replacement_needed)

    # Results of the plugin's hooks

    def actions(self) -> list[Action]:
        """The manifest's menu entries."""
        return [self._entries.action(table) for table in self._manifest.actions]

    def status_widgets(self) -> list[QWidget]:
        """How many changes there are to look at, and connection and user count."""
        return [self.reports.hint, self.status]

    def dialogs(self) -> dict[str, Callable[[], QDialog]]:
        """Each makes the dialog or brings it to the front."""
        return {
            "collaboration.connect": self.open_connect_dialog,
            "collaboration.people": self.access.open,
        }

    def close(self) -> None:
        """The window closes."""
        self.manager.close(keep_server=self._keeps_server())
        self.copy.close()
        self.host_now.close()
        self.connecting.settings.close()
        self.unsent.close()
        self._unwatch_files()
        self.reports.close()
        self.people.close()
        self.timeline.close()
        self.standing.close()
        self.kept_log.close()
        self._garbage.close()

    # Actions

    def open_connect_dialog(self) -> ConnectDialog:
        """Ask where to connect."""
        return self.connecting.open()

    def copy_invite(self) -> None:
        """Give the link that others paste: see `Inviting.invite`."""
        self.inviting.invite()

    def _make_people(self, settings: Settings) -> PeoplePanel:
        rights = PeopleRights(self.inviting, self.access, self.privacy)
        toasts = self.reports.toasts
        return PeoplePanel(self._window, self.manager, self.standing, rights, toasts, settings)

    def _make_entries(self) -> MenuEntries:
        return MenuEntries(
            self._runs(), self._toggles(), self._checks(), self._conditions(), self._shortcut_of
        )

    def _shortcut_of(self, id: ActionId) -> str | None:
        """The shortcut that the user has chosen for an action."""
        chord = self.pointing_choices.chords.get(id)
        return None if chord is None else chord.text

    def _checks(self) -> dict[ActionId, When]:
        """The watchers for the check marks of menu entries."""

        def people(check: Enable) -> None:
            check(self.people.is_open)
            self.people.opened.connect(check)

        def timeline(check: Enable) -> None:
            check(self.timeline.is_open)
            self.timeline.opened.connect(check)

        def laser(check: Enable) -> None:
            check(self.pointing.is_laser_on)
            self.pointing.laser_switched.connect(check)

        return {ActionId.PARTICIPANTS: people, ActionId.TIMELINE: timeline, ActionId.LASER: laser}

    def _toggles(self) -> dict[ActionId, Toggle]:
        """The checkable menu entries."""
        return {
            ActionId.QUIET: self._quiet,
            ActionId.HIDE_CURSOR: self.privacy.hides_cursor,
            ActionId.HIDE_OTHERS: self.privacy.hides_others,
            ActionId.HIDE_ACTIVITY: self.privacy.hides_activity,
            ActionId.REDUCE_MOTION: self.pointing.reduces_motion,
        }

    def _runs(self) -> dict[ActionId, Callable[[], object]]:
        """The actions of the other menu entries."""
        return {
            ActionId.CONNECT: self.open_connect_dialog,
            ActionId.DISCONNECT: self.manager.leave,
            ActionId.COPY_INVITE: self.copy_invite,
            ActionId.PARTICIPANTS: self.people.toggle,
            ActionId.TIMELINE: self.timeline.toggle,
            ActionId.BRING: self.people.bringing.call,
            ActionId.PEOPLE: self.access.open,
            ActionId.UNSENT: self.unsent.open,
            ActionId.CHANGES: self.reports.open_changes,
            ActionId.RETRY: self.manager.service.retry_now,
            ActionId.IMPORT_EDITS: self.handing_over.ask_which,
            ActionId.ASK_TO_HAND_OVER: self.asking.ask_selected,
            ActionId.ASK_TO_EDIT: self.rights.requests.ask,
            ActionId.KEEP_COPY: self.copy.offer,
            ActionId.HOST_NOW: self.host_now.host,
            ActionId.POINT_HERE: self.pointing.point_here,
            ActionId.LASER: self.pointing.switch_laser,
            ActionId.POINTING: self.pointing_choices.open,
            ActionId.GO_TO_NOTICE: self.reports.toasts.focus_newest,
            ActionId.SHOW_LOG_FILES: self.kept_log.show,
            ActionId.SHOW_OLD_BENCH: self.old_benches.show_last,
            ActionId.BRING_BACK_BENCH: self.old_benches.bring_back_last,
        }

    def _conditions(self) -> dict[EnabledWhen, Callable[[], bool]]:
        """Whether entries can be chosen now."""
        return {
            EnabledWhen.ALWAYS: always,
            EnabledWhen.ONLINE: lambda: self.manager.status.in_session,
            EnabledWhen.OWNER: lambda: self.access.may_manage,
            EnabledWhen.EDITOR: lambda: self.people.bringing.may_call,
            EnabledWhen.UNSENT: lambda: bool(self.unsent.leftovers.found),
            EnabledWhen.CHANGES: lambda: self.reports.count > 0,
            EnabledWhen.WAITING: lambda: self.standing.can_retry,
            EnabledWhen.OCCUPIED: lambda: self.asking.can_ask,
            EnabledWhen.MAY_ASK_TO_EDIT: lambda: self.rights.requests.can_ask,
            EnabledWhen.MAY_KEEP_COPY: lambda: self.copy.can_offer,
            EnabledWhen.MAY_HOST: lambda: self.host_now.is_possible,
            EnabledWhen.NOTICES: lambda: bool(self.reports.toasts.shown),
            EnabledWhen.REPLACED: lambda: self.manager.replacements.last is not None,
        }

    def _keeps_server(self) -> bool:
        """Ask whether to keep the server that this window started, if others are connected to it."""
        guests, pid = self.manager.hosting.guests, self.manager.hosting.pid
        if not guests or pid is None:
            return False
        self.manager.release_window()
        question = KeepServerQuestion(guests, pid, str(self.manager.hosting.log), self._window)
        question.exec()
        question.deleteLater()
        return question.keeps

    # Signals of the manager

    @pyqtSlot()
    def _on_news(self) -> None:
        """Show the state everywhere."""
        self._entries.refresh()
        if self.question is not None and not self.manager.status.in_session:
            self.question.reject()

    @pyqtSlot(object, object)
    def _on_choice_needed(self, found: Differences, copy: Path) -> None:
        asking = self.connecting.dialog
        above = asking if asking is not None and asking.isVisible() else self._window
        dialog = joining_dialog(found, copy, above)
        Homecoming(self.manager, dialog)
        self._ask(dialog)

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
