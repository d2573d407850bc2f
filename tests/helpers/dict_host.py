"""The simplest host: a dict of records, and a user who edits it."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QPointF
from PyQt6.QtWidgets import QDialog, QMainWindow

from optiverse_collab.core.records import Op, Record, apply, touched
from optiverse_collab.host.api import Opened, UndoWatcher


@dataclass(eq=False)
class _Command:
    """The records before and after a user's step."""

    before: dict[str, Record | None]
    after: dict[str, Record | None]


class DictHost:
    """Implements `optiverse_collab.host.api.Host` without a window.

    Attributes:
        bench: what the user sees.
        lines: the logged messages, as (level, text).
        in_hand: ids that the user is dragging.
        file: the file that the user saves to.
        applied: the lists of operations that came from others.
        steps: the user's steps made with `edit`.
        more: whether the host expects more after the last list.
    """

    name = "Dict 1.0"
    view = None
    item_list = None

    def __init__(self) -> None:
        self.bench: dict[str, Record] = {}
        self.lines: list[tuple[str, str]] = []
        self.in_hand: set[str] = set()
        self.file = "ours.json"
        self.applied: list[list[Op]] = []
        self.more = False
        self.steps: list[str] = []
        self._dirty: Callable[[Collection[str]], None] = lambda ids: None
        self._opened: Opened = lambda back: None
        self._watcher: UndoWatcher | None = None
        self._undone: list[_Command] = []
        self._done: list[_Command] = []
        self._presence: Callable[[Mapping[str, object]], None] = lambda state: None
        self._editors: dict[str, QDialog | None] = {}
        self._editor_watchers: list[Callable[[], None]] = []

    @property
    def window(self) -> QMainWindow:
        """There is none: tests with this host must not use it."""
        raise NotImplementedError

    def user_does(self, *ops: Op) -> None:
        """Edit as the user, with the signals that a host sends."""
        for op in ops:
            assert apply(self.bench, op)
        self._dirty([op.id for op in ops])

    def user_commands(self, *ops: Op) -> None:
        """Edit as the user, with a step on the undo stack."""
        ids = touched(ops)
        before = {id: self.bench.get(id) for id in ids}
        self.user_does(*ops)
        self.user_did(before)

    def user_did(self, before: Mapping[str, Record | None]) -> None:
        """Push all of the user's changes since `before` to the undo stack as one step."""
        command = _Command(dict(before), {id: self.bench.get(id) for id in before})
        self._done.append(command)
        self._undone.clear()
        if self._watcher is not None:
            self._watcher.done(command, before.keys())

    def user_undoes(self) -> None:
        """Press Ctrl+Z: this host restores whole records, as simple hosts do."""
        self._turn(self._done, self._undone, redo=False)

    def user_redoes(self) -> None:
        """Press Ctrl+Y."""
        self._turn(self._undone, self._done, redo=True)

    def _turn(self, stack: list[_Command], other: list[_Command], redo: bool) -> None:
        if not stack:
            return
        command = stack.pop()
        other.append(command)
        left = self._watcher.begin(command, command.before.keys(), redo) if self._watcher else ()
        for id in left:
            del command.before[id], command.after[id]
        for id, record in (command.after if redo else command.before).items():
            self.bench.pop(id, None)
            if record is not None:
                self.bench[id] = record
        if self._watcher is not None:
            self._watcher.end(command.before.keys())

    def user_shows(self, **state: object) -> None:
        """Move the cursor, or select items."""
        self._presence(state)

    def outline(self, id: str) -> None:
        return None

    def item_at(self, at: QPointF) -> None:
        return None

    def picture(self) -> None:
        return None

    def log(self, level: str, text: str) -> None:
        self.lines.append((level, text))

    def ids(self) -> Collection[str]:
        return list(self.bench)

    def records(self, ids: Collection[str] | None = None) -> dict[str, Record]:
        wanted = self.bench if ids is None else ids
        return {id: self.bench[id] for id in wanted if id in self.bench}

    def apply(self, ops: Sequence[Op], batch_continues: bool = False) -> None:
        self.applied.append(list(ops))
        self.more = batch_continues
        for op in ops:
            assert apply(self.bench, op), op
        self._dirty([op.id for op in ops])  # as in hosts: the signal doesn't say whose change it is

    def edit(self, text: str, ops: Sequence[Op]) -> None:
        self.steps.append(text)
        self.user_commands(*ops)

    def watch(self, dirty: Callable[[Collection[str]], None]) -> None:
        self._dirty = dirty

    def watch_opened(self, opened: Opened) -> None:
        self._opened = opened

    def user_opens(self, *records: Record) -> None:
        """Open another bench in place of this one."""
        gone = list(self.bench)
        self.bench = {record.id: record for record in records}
        self._dirty([*gone, *self.bench])
        before, self.file = self.file, "opened.json"
        self._opened(lambda: setattr(self, "file", before))

    def watch_undo(self, watcher: UndoWatcher | None) -> None:
        self._watcher = watcher

    def held(self) -> Collection[str]:
        return self.in_hand

    def dragged(self, ids: Collection[str]) -> dict[str, dict[str, Any]]:
        there = {id: self.bench[id].props for id in ids if id in self.in_hand and id in self.bench}
        return {id: {"pos": props["pos"]} for id, props in there.items() if "pos" in props}

    def agree(self, ids: Collection[str]) -> None:
        """There is no file."""

    def user_types(self, *ids: str) -> None:
        """Let the user type in these items, and in no others."""
        self._editors = dict.fromkeys(ids)
        for changed in list(self._editor_watchers):
            changed()

    def watch_editors(self, changed: Callable[[], None]) -> Callable[[], None]:
        self._editor_watchers.append(changed)
        return partial(self._editor_watchers.remove, changed)

    def editors(self) -> Mapping[str, QDialog | None]:
        return self._editors

    def save_copy(self, path: Path) -> None:
        path.write_text(json.dumps(sorted(self.bench)), "utf-8")

    def watch_presence(self, changed: Callable[[Mapping[str, object]], None]) -> None:
        self._presence = changed

    def close(self) -> None:
        self._dirty, self._presence = lambda ids: None, lambda state: None
