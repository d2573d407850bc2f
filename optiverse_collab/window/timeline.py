"""The timeline of the session that a window is in: its dock, and what the user does with it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from itertools import islice

from PyQt6.QtCore import QObject, pyqtSignal, pyqtSlot
from PyQt6.QtWidgets import QMainWindow

from optiverse_collab.core.client.past_steps import PastStep
from optiverse_collab.core.client.restoring import Restoration
from optiverse_collab.core.client.timeline import Timeline
from optiverse_collab.window.absence import Absence
from optiverse_collab.window.beam_search import BeamSearch
from optiverse_collab.window.ghosts import Ghosts
from optiverse_collab.window.item_history import ItemHistory
from optiverse_collab.window.manager import CollaborationManager
from optiverse_collab.window.previewing import Previewing
from optiverse_collab.window.timeline_reader import TimelineReader
from optiverse_collab.window.ui.docks import add_dock, remove_dock
from optiverse_collab.window.ui.timeline_dock import TimelineDock
from optiverse_collab.window.ui.toasts import Toasts
from optiverse_collab.window.versions import Versions
from optiverse_collab.wording import timeline as texts
from optiverse_collab.wording.edits import title

MOST_ITEMS = 12
"""How many items of a step can be restored one by one; the filter finds others."""


class TimelinePanel(QObject):
    """Follows the session of a window.

    Args:
        window: the host's main window.
        manager: the session.
        toasts: show why something can't be done.

    Attributes:
        dock: the list; hidden at first.
        reader: reads the history.
        previewing: shows earlier moments.
        ghosts: shows on the canvas where items were.
        items: says at items who changed them.
        versions: shows versions, and keeps new ones.
        beams: finds edits that broke a beam.

    Signals:
        opened: whether the dock is open.
    """

    opened = pyqtSignal(bool)

    def __init__(self, window: QMainWindow, manager: CollaborationManager, toasts: Toasts) -> None:
        super().__init__(window)
        self._window, self._manager = window, manager
        self.reader = TimelineReader(manager.service, self)
        self.previewing = Previewing(manager, toasts, window)
        self._absence = Absence(manager, toasts, self)
        self._absence.wanted.connect(self.show_since)
        self._due: tuple[int, int, Callable[[], None]] | None = None
        self._is_asked = False
        self.ghosts = Ghosts(manager, self)
        self.items = ItemHistory(manager, self.reader, self)
        self.items.wanted.connect(self.show_item)
        self.beams = BeamSearch(manager, self.reader, toasts, window)
        self.items.search_wanted.connect(self.beams.search)
        self.beams.found.connect(self._on_found)
        self.dock = dock = TimelineDock(window)
        self.versions = Versions(manager, self.previewing, dock.versions_menu, self._chosen, window)
        self.reader.changed.connect(self._refresh)
        manager.status_changed.connect(self._refresh)
        manager.joined.connect(self._on_joined)
        dock.older_wanted.connect(self.reader.read_older)
        dock.shown_or_hidden.connect(self._on_shown)
        dock.list.opened.connect(self._on_opened)
        dock.list.hovered.connect(self.ghosts.show)
        dock.list.selected.connect(self._on_selected)
        dock.scrubber.moved.connect(self._on_moved)
        dock.compare.toggled.connect(self._on_compare)
        dock.restore_menu.aboutToShow.connect(self._fill_restore_menu)
        self.previewing.ended.connect(self._on_preview_ended)
        add_dock(window, dock)
        toggle = dock.toggleViewAction()
        if toggle is not None:
            toggle.toggled.connect(self.opened)

    @property
    def is_open(self) -> bool:
        """Whether the dock is shown, even behind another one."""
        return not self.dock.isHidden()

    def toggle(self) -> None:
        """Show the dock or hide it."""
        if self.is_open:
            self.dock.hide()
        else:
            self.open()

    def open(self) -> None:
        """Show the dock, and give it the keyboard."""
        self.dock.show()
        self.dock.raise_()
        self.dock.list.setFocus()

    @pyqtSlot(str, str)
    def show_item(self, id: str, name: str) -> None:
        """Show the steps of one item."""
        self.open()
        self.dock.show_item(id, name)

    def close(self) -> None:
        """The window closes: restore it."""
        self.previewing.close()
        self.reader.close()
        remove_dock(self._window, self.dock)

    def show_moment(self, clock: int, id: str | None = None) -> None:
        """Show the bench after a change, and the steps of an item."""
        session = self._manager.session
        if session is None or clock > session.replica.clock:
            self.previewing.tell(texts.no_moment(clock))
            return
        if id is not None:
            self.dock.show_item(id, title(id, session.replica.view.get(id)))
        self._read(clock, clock, partial(self._go_to, clock))

    @pyqtSlot(int)
    def show_since(self, clock: int) -> None:
        """Show how the bench of now differs from that after a change."""
        session = self._manager.session
        if session is not None:
            self._read(clock, session.replica.clock, partial(self._compare_since, clock))

    def _read(self, first: int, last: int, then: Callable[[], None]) -> None:
        """Open the dock, and do something once it has the changes from one clock to another."""
        self._due = first, last, then
        self.open()
        self._is_asked = self.reader.open_at(first)
        self._refresh()

    def _chosen(self) -> tuple[int, int] | None:
        """The moment that the user looks at, or has selected: its clock, and when it was."""
        timeline, step = self.reader.timeline, self.dock.list.current
        if timeline is None:
            return None
        is_seen = step is None or self.previewing.dialog is not None
        clock = self.dock.scrubber.clock if is_seen or step is None else step.last
        return None if clock == timeline.last else (clock, timeline.time_ms(clock))

    def _go_to(self, clock: int) -> None:
        self.dock.scrubber.go_to(clock)
        self._on_moved(clock)

    def _compare_since(self, clock: int) -> None:
        timeline = self.reader.timeline
        if timeline is not None:
            self.previewing.compare_from(timeline, clock)
            self._go_to(timeline.last)
            self.dock.compare.setChecked(self.previewing.dialog is not None)

    @pyqtSlot()
    def _on_joined(self) -> None:
        """Go to the moment that a link led to."""
        if self._manager.moment is not None:
            self.show_moment(*self._manager.moment)

    @pyqtSlot()
    def _refresh(self) -> None:
        reader = self.reader
        timeline = reader.timeline if self._manager.status.in_session else None
        if not self._manager.status.in_session:
            note = texts.NO_SESSION
        elif reader.is_reading:
            note = texts.READING
        else:
            note = reader.failure or ("" if timeline is not None else texts.NOTHING)
        has_failed = bool(reader.failure)
        can_read = has_failed or (timeline is not None and reader.has_older)
        self.dock.show_timeline(timeline, note, can_read and not reader.is_reading, has_failed)
        if self._due is not None and timeline is not None and not reader.is_reading:
            self._do_due(timeline, *self._due)

    def _do_due(self, timeline: Timeline, first: int, last: int, then: Callable[[], None]) -> None:
        """Do what had to wait for a part of the history, if that is there."""
        if timeline.after > first and self._is_asked:
            self._due = None
            self.previewing.tell(texts.NOT_KEPT)
        elif timeline.after > first:
            self._is_asked = self.reader.open_at(first)
        elif last <= timeline.last:
            self._due = None
            then()

    @pyqtSlot(bool)
    def _on_shown(self, is_shown: bool) -> None:
        """Read while somebody looks."""
        if is_shown:
            self.reader.open()
        else:
            self.reader.close()
            self.ghosts.show(None)

    @pyqtSlot(object)
    def _on_opened(self, step: PastStep | None) -> None:
        if step is not None:
            self.dock.scrubber.go_to(step.last)
            self._on_moved(step.last)

    @pyqtSlot(object)
    def _on_selected(self, step: PastStep | None) -> None:
        self.dock.show_selected()
        if step is not None and self.previewing.dialog is not None:
            self._on_opened(step)

    @pyqtSlot(int)
    def _on_moved(self, clock: int) -> None:
        timeline = self.reader.timeline
        if timeline is not None:
            self.previewing.show(timeline, clock)
            self.dock.scrubber.stays = self.previewing.dialog is not None

    @pyqtSlot(object)
    def _on_found(self, step: PastStep) -> None:
        """Show what a step changed."""
        timeline = self.reader.timeline
        if timeline is None or not timeline.after <= step.first - 1 <= step.last <= timeline.last:
            return
        self.open()
        self.dock.list.select(step)
        self.previewing.compare_from(timeline, step.first - 1)
        self._go_to(step.last)
        self.dock.compare.setChecked(self.previewing.dialog is not None)

    @pyqtSlot(bool)
    def _on_compare(self, compares: bool) -> None:
        """Compare the selected moment with that of now, and then with others that the user looks at."""
        step, timeline = self.dock.list.current, self.reader.timeline
        if not compares:
            self.previewing.end_comparison()
        elif step is not None and timeline is not None and not self.previewing.compares:
            self.previewing.compare_from(timeline, step.last)
            self.dock.scrubber.go_to(timeline.last)
        if self.previewing.dialog is not None or compares:
            self._on_moved(self.dock.scrubber.clock)
        if self.previewing.dialog is None:
            self.dock.compare.setChecked(False)

    @pyqtSlot()
    def _on_preview_ended(self) -> None:
        """The slider is at the end again, where it follows what is new."""
        self.dock.scrubber.play.setChecked(False)
        self.dock.compare.setChecked(False)
        self.dock.scrubber.stays = False
        self.dock.scrubber.go_to(self.dock.scrubber.slider.maximum())

    @pyqtSlot()
    def _fill_restore_menu(self) -> None:
        """Offer the bench, the items of the selected step, and their properties."""
        menu = self.dock.restore_menu
        menu.clear()
        step, timeline = self.dock.list.current, self.reader.timeline
        if step is None or timeline is None:
            return
        then = timeline.at(step.last)

        def offer(text: str, *part: Collection[str]) -> None:
            action = menu.addAction(text)
            if action is not None:
                restore = self._manager.replacements.restore
                action.triggered.connect(lambda: restore(Restoration(then, *part)))

        offer(texts.WHOLE_BENCH)
        menu.addSeparator()
        for id, name in islice(texts.items(step).items(), MOST_ITEMS):
            offer(texts.restore_item(name), [id])
            names = texts.changed_properties(step, id)
            for property in names if len(names) > 1 else ():
                offer(texts.restore_property(name, property), [id], [property])
