"""Remembers a window's bench from when it was last the session's, so that coming back needs no question.

How it works. A bench file that was saved in a session, or opened in one, has an *ancestor*: the session's
records as the file says them, kept on disk under a hash of the file (`disk.ancestors`). When a known file is
opened, its ancestor is fetched, and the window is read once, before its user can do anything: from then on,
every difference in the window is an edit. On joining, these edits and others' edits are merged
(`convert.three_way`).

After leaving a session, the window's content is the ancestor, whether it is saved or not. A file saved
without a session keeps the bench's ancestor.

An example, with a file that is saved in the session as `a`, and taken home:

    what happens             the file   its ancestor
    saved in the session     a          a
    opened, edited, saved    b          a
    opened, edited, joined   b          a     sent: what differs between a, and the window now

The disk is read and written beside the window. Joining waits for an ancestor, but only for a second.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from threading import Event
from typing import NamedTuple

from PyQt6.QtCore import QObject, Qt, pyqtSignal, pyqtSlot

from optiverse_collab.convert import is_item
from optiverse_collab.convert.ancestor_search import Departure
from optiverse_collab.convert.three_way import Opened
from optiverse_collab.disk.ancestors import Ancestor, Ancestors, key_of
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.errors import CollaborationError, HostUnsupported
from optiverse_collab.host.api import Host
from optiverse_collab.window.ancestry import Records, Shared, ancestor_of, ancestors_away
from optiverse_collab.window.background import Background
from optiverse_collab.wording import benches

PATIENCE_MS = 1000
"""How long the disk may take to answer. After that the user may have edited."""


class _Due(NamedTuple):
    """An ancestor that is complete once the server has everything.

    Attributes:
        key: of the file.
        records: of the session, as in the file.
        shared: the session.
        keep: an existing ancestor of this history stays.
    """

    key: str
    records: Records
    shared: Shared
    keep: bool


class ComingBack(QObject):
    """The known ancestors of one window's bench.

    Args:
        folder: where ancestors are kept; it should not roam.
        attach: makes an adapter for the window, to read it while there is none.

    Attributes:
        host: the window's adapter, while there is one.
        shared: returns what the window shares, called when a file is saved; None while it shares nothing.
        opened: the bench as it came into the window, if it has an ancestor.
        ancestors: the benches of sessions as the file has them, the latest first.
        asked: the bench about which the user is asked, since it has no ancestor.
        left: when it left the session as a file; None if that is unknown, or does not matter.
        is_ready: whether the ancestors of the last opened file are known.
        disk: reads and writes the ancestors.
    """

    _asked = pyqtSignal()

    def __init__(self, folder: Path, attach: Callable[[], Host], parent: QObject) -> None:
        super().__init__(parent)
        self.host: Host | None = None
        self.shared: Callable[[], Shared | None] = lambda: None
        self.opened: Opened | None = None
        self.ancestors: list[Ancestor] = []
        self.asked: Records = {}
        self.left: Departure | None = None
        self.is_ready = True
        self.disk = Background(self)
        self._ancestors = Ancestors(folder)
        self._attach = attach
        self._keys: set[str] | None = None  # keys with ancestors; None until the disk has answered
        self._file: Records = {}
        self._shown: Records | None = None
        self._openings = 0
        self._answered = Event()
        self._autosaved = ""  # the key of the last one
        self._due: list[_Due] = []
        self._warnings: dict[str, None] = {}
        self._patience = single_shot(self, self._on_too_late)
        self._asked.connect(self._on_asked, Qt.ConnectionType.QueuedConnection)  # type: ignore[call-arg]
        self.disk.run(self._ancestors.keys, self._on_keys, lambda _: None)

    def warn(self, host: Host) -> None:
        """Log the disk errors since the last call."""
        warnings, self._warnings = list(self._warnings), {}
        for sentence in warnings:
            host.log("WARNING", sentence)

    def unshown(self, shown: Records) -> Collection[str]:
        """The ids of what is in the window's file, but not shown."""
        return self._file.keys() - shown.keys()

    # The window's file

    def note_opened(self, file: Records) -> None:
        """Another bench came into the window: its file's content, or nothing if it is new."""
        self._forget_file()
        self._file = file
        if any(map(is_item, file.values())):
            self.is_ready = False
            found, failed = partial(self._on_found, self._openings), partial(self._on_missed, self._openings)
            self.disk.run(partial(self._look_up, file, answered := Event()), found, failed)
            self._answered = answered
            self._patience.start(PATIENCE_MS)
            self._asked.emit()

    def note_saved(self, file: Records) -> None:
        """The window's bench was saved; `file` is the file's content."""
        self._file = file
        shared = self.shared()
        if shared is not None:
            due = _Due(key_of(file), file, shared, False)
            self._keep(due)
            if shared.replica.pending:
                self._due.append(due)
        elif self.opened is not None:
            now = self._read()
            absent = {*(id for id in now if id not in file)}  # only in the window
            absent |= self.opened.file.keys() - self.opened.shown.keys()  # not shown in the window
            self.opened = Opened(file, now)
            self.ancestors = [one.without(absent) for one in self.ancestors]
            for one in self.ancestors:
                self._put(key_of(file), one, keep=False)

    def note_autosaved(self, read: Callable[[], Records]) -> None:
        """The window's bench was autosaved, and is known if a crash makes its user recover it.

        Args:
            read: reads what the autosave says, beside the window; its file is what it was.
        """
        shared = self.shared()
        if shared is not None and shared.replica.epoch is not None:
            ancestor = ancestor_of(shared)
            self._put_of_autosave(read, lambda file: [ancestor(file)])
        elif shared is None and self.opened is not None:
            self._put_of_autosave(read, ancestors_away(self.ancestors, self.opened))

    # Its session

    def note_joined(self, shown: Collection[str]) -> None:
        """The bench is now the session's; `shown` are the ids that the window showed before."""
        shared = self.shared()
        file = {id: record for id, record in self._file.items() if id in shown}
        if shared is not None and file:
            self._due.append(_Due(key_of(self._file), file, shared._replace(clock=0), True))
            self.note_acknowledged()

    def note_acknowledged(self) -> None:
        """The server may have everything now."""
        for due in [due for due in self._due if not due.shared.replica.pending]:
            self._due.remove(due)
            self._keep(due)

    def note_left(self, shown: Records) -> None:
        """The session was left, with this bench in the window."""
        shared = self.shared()
        if shared is not None:
            self.opened, self.ancestors = Opened(shown, shown), [ancestor_of(shared)(shown)]
        self.forget_session()

    def forget_session(self) -> None:
        """The window no longer shares anything, and its adapter is closed."""
        self.note_acknowledged()
        self.host = None
        self.shared = lambda: None
        self._due.clear()

    def close(self) -> None:
        """The window closes; pending writes are finished."""
        self.forget_session()
        self._forget_file()

    def _read(self) -> Records:
        """The window's content."""
        if self.host is not None:
            return self.host.records()
        try:
            host = self._attach()
        except HostUnsupported:
            return {}
        records = host.records()
        host.close()
        return records

    # The disk

    def _keep(self, due: _Due) -> None:
        if due.shared.replica.epoch is not None:
            self._put(due.key, ancestor_of(due.shared)(due.records), due.keep)

    def _put(self, key: str, ancestor: Ancestor, keep: bool) -> None:
        if self._keys is not None:
            self._keys.add(key)
        self.disk.run(lambda: self._ancestors.put(key, ancestor, keep), lambda _: None, self._warn)

    def _put_of_autosave(
        self, read: Callable[[], Records], ancestors: Callable[[Records], list[Ancestor]]
    ) -> None:
        def put() -> None:
            file, before = read(), self._autosaved
            self._autosaved = key_of(file)
            self._ancestors.put_of_autosave(self._autosaved, ancestors(file), before)

        self.disk.run(put, lambda _: None, self._warn)

    def _forget_file(self) -> None:
        """Forget the window's bench, and ignore pending answers."""
        self._patience.stop()
        self._openings += 1
        self.is_ready = True
        self.opened = self._shown = self.left = None
        self.ancestors = []

    def _on_keys(self, keys: set[str]) -> None:
        self._keys = keys

    @pyqtSlot()
    def _on_asked(self) -> None:
        """Read a window whose file may have an ancestor, before its user can edit."""
        if self.is_ready or self._shown is not None:
            return
        if self._keys is None or key_of(self._file) in self._keys:
            self._shown = self._read()

    def _on_found(self, opening: int, ancestors: list[Ancestor]) -> None:
        if opening != self._openings or self.is_ready:
            return  # another file was opened, or the answer is too late
        self._patience.stop()
        self.is_ready, self.ancestors = True, ancestors
        if ancestors:
            self.opened = Opened(self._file, self._read() if self._shown is None else self._shown)
        self._shown = None

    def _on_missed(self, opening: int, error: CollaborationError) -> None:
        self._warn(error)
        self._on_found(opening, [])

    def _look_up(self, file: Records, answered: Event) -> list[Ancestor]:
        """Read the ancestors of a file, in a thread."""
        try:
            return self._ancestors.get(key_of(file))
        finally:
            answered.set()

    @pyqtSlot()
    def _on_too_late(self) -> None:
        if self._answered.is_set():  # the window was frozen; the answer comes next
            self._patience.start(0)
            return
        self.is_ready = True
        self._warnings[benches.SAVED_UNKNOWN] = None

    def _warn(self, error: CollaborationError) -> None:
        self._warnings[str(error)] = None
