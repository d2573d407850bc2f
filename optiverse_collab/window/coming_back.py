"""Remembers what a window's bench was when it was last the session's, so that coming back is no question.

How it works. A bench file that was saved in a session, or opened in one, has an *ancestor*: the session's
records as the file says them, kept on disk under a hash of the file (`disk.ancestors`). When a known file is
opened, its ancestor is fetched, and the window is read once, before its user can do anything: from then on,
what the window shows otherwise is an edit. On joining, that and what others did since are brought together
(`convert.three_way`).

After leaving a session, what the window shows is the ancestor, whether it is saved or not. What is saved
without a session keeps the ancestor that the bench has.

An example, with a file that is saved in the session as `a`, and taken home:

    what happens             the file   its ancestor
    saved in the session     a          a
    opened, edited, saved    b          a
    opened, edited, joined   b          a     sent: what differs between a, and the window now

The disk is read and written by a thread of its own. Joining waits for an ancestor, but only for a second.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from PyQt6.QtCore import QElapsedTimer, QObject, Qt, pyqtSignal, pyqtSlot

from optiverse_collab.convert import is_item
from optiverse_collab.convert.three_way import Opened
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.records import Record
from optiverse_collab.disk.ancestors import Ancestor, Ancestors, key_of
from optiverse_collab.drivers.qt.timers import single_shot
from optiverse_collab.errors import DiskError, HostUnsupported
from optiverse_collab.host.api import Host

Records = Mapping[str, Record]

LOOK_MS, PATIENCE_MS = 10, 1000
"""How often we look whether the disk has answered, and for how long. After that the user may have edited."""


class Shared(NamedTuple):
    """What a window shares at the moment.

    Attributes:
        session: the session's name.
        replica: its document.
        clock: up to where others' changes are on the screen; 0 if that is not known.
    """

    session: str
    replica: Replica
    clock: int


class _Due(NamedTuple):
    """An ancestor that is complete once the server has everything.

    Attributes:
        key: of the file.
        records: of the session, as the file says them.
        shared: the session.
        keep: an ancestor of this history that is there already stays.
    """

    key: str
    records: Records
    shared: Shared
    keep: bool


class ComingBack(QObject):
    """What is known of one window's bench.

    Args:
        folder: where ancestors are kept; it should not roam.
        attach: makes an adapter for the window, to read it while there is none.

    Attributes:
        host: the window's adapter, while there is one.
        shared: what the window shares, asked for when a file is saved; None while it shares nothing.
        opened: the bench as it came into the window, if it has an ancestor.
        ancestors: the benches of sessions as the file has them, the latest first.
    """

    _asked = pyqtSignal()

    def __init__(self, folder: Path, attach: Callable[[], Host], parent: QObject) -> None:
        super().__init__(parent)
        self.host: Host | None = None
        self.shared: Callable[[], Shared | None] = lambda: None
        self.opened: Opened | None = None
        self.ancestors: list[Ancestor] = []
        self._ancestors = Ancestors(folder)
        self._attach = attach
        self._disk = ThreadPoolExecutor(1, "ancestors")
        self._keys = self._disk.submit(self._ancestors.keys)
        self._file: Records = {}
        self._shown: Records | None = None
        self._lookup: Future[list[Ancestor]] | None = None
        self._writes: list[Future[None]] = []
        self._due: list[_Due] = []
        self._warnings: dict[str, None] = {}
        self._since_asked = QElapsedTimer()
        self._look = single_shot(self, self._on_look, LOOK_MS)
        self._asked.connect(self._on_look, Qt.ConnectionType.QueuedConnection)  # type: ignore[call-arg]

    @property
    def is_ready(self) -> bool:
        """Whether all is known of the file that was opened last."""
        return self._lookup is None

    @property
    def has_warnings(self) -> bool:
        """Whether something went wrong on disk."""
        for write in [write for write in self._writes if write.done()]:
            self._writes.remove(write)
            self._warn(write)
        return bool(self._warnings)

    def take_warnings(self) -> list[str]:
        """What went wrong on disk since the last call: a sentence for each."""
        taken = list(self._warnings) if self.has_warnings else []
        self._warnings.clear()
        return taken

    # What becomes of the window's file

    def note_opened(self, file: Records) -> None:
        """Another bench came into the window: what its file says, or nothing if it is a new one."""
        self.opened = self._lookup = self._shown = None
        self.ancestors = []
        self._file = file
        if any(map(is_item, file.values())):
            self._lookup = self._disk.submit(lambda: self._ancestors.get(key_of(file)))
            self._since_asked.start()
            self._asked.emit()

    def note_saved(self, file: Records) -> None:
        """The window's bench was saved; `file` is what its file says."""
        self._file = file
        shared = self.shared()
        if shared is not None:
            due = _Due(key_of(file), file, shared, False)
            self._keep(due)
            if shared.replica.pending:
                self._due.append(due)
        elif self.opened is not None:
            now = self._read()
            absent = {*(id for id in now if id not in file)}  # what no file has
            absent |= self.opened.file.keys() - self.opened.shown.keys()  # what the window could not show
            self.opened = Opened(file, now)
            self.ancestors = [one.without(absent) for one in self.ancestors]
            for one in self.ancestors:
                self._put(key_of(file), one, keep=False)

    # What becomes of its session

    def note_joined(self, shown: Collection[str]) -> None:
        """The bench is the session's, too; `shown` are the ids that the window showed before."""
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
            self.opened, self.ancestors = Opened(shown, shown), [_ancestor(shown, shared)]
        self.forget_session()

    def forget_session(self) -> None:
        """The window shares nothing any more, and its adapter goes."""
        self.note_acknowledged()
        self.host = None
        self.shared = lambda: None
        self._due.clear()

    def close(self) -> None:
        """The window closes; what is to be written still is."""
        self._look.stop()
        self.forget_session()
        self._disk.shutdown(wait=False)

    def _read(self) -> Records:
        """What the window shows."""
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
            self._put(due.key, _ancestor(due.records, due.shared), due.keep)

    def _put(self, key: str, ancestor: Ancestor, keep: bool) -> None:
        self._writes.append(self._disk.submit(lambda: self._ancestors.put(key, ancestor, keep)))

    @pyqtSlot()
    def _on_look(self) -> None:
        lookup = self._lookup
        if lookup is None:
            return
        if self._shown is None and self._is_listed:
            self._shown = self._read()
        if lookup.done():
            self._lookup = None
            self.ancestors = [] if self._warn(lookup) else lookup.result()
            if self.ancestors:
                self.opened = Opened(self._file, self._read() if self._shown is None else self._shown)
        elif self._since_asked.elapsed() > PATIENCE_MS:
            self._lookup = None
            self._warnings["The disk did not tell in time what this file was when it was saved."] = None
        else:
            self._look.start()

    @property
    def _is_listed(self) -> bool:
        """Whether an ancestor of the file was there when the window opened."""
        keys = self._keys
        return keys.done() and keys.exception() is None and key_of(self._file) in keys.result()

    def _warn(self, future: Future[list[Ancestor]] | Future[None]) -> bool:
        """Whether something failed."""
        error = future.exception()
        if error is None:
            return False
        if not isinstance(error, DiskError):
            raise error
        self._warnings[str(error)] = None
        return True


def _ancestor(records: Records, shared: Shared) -> Ancestor:
    """The ancestor that a bench is now. Of what the server may not have, that is what it has confirmed."""
    replica = shared.replica
    kept = dict(records)
    if replica.pending:
        saved = replica.save()
        confirmed = {record.id: record for record in saved.records}
        for id in {id for change in saved.pending for id in change.ops}:
            kept.pop(id, None)
            if id in confirmed:
                kept[id] = confirmed[id]
    now_ms = round(datetime.now().astimezone().timestamp() * 1000)
    return Ancestor(list(kept.values()), shared.session, replica.epoch or "", shared.clock, now_ms)
