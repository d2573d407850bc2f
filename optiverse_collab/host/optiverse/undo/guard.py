"""Keeps a window's undo stack true while others edit the same bench.

How it works. The host's undo stack stays in charge: what we do happens to the user's own commands, and no
step of ours is ever on the stack. A command holds the items that it changed, with their states before and
after. With more than one editor, two things go wrong with that:

- It speaks of an item that somebody else removed. Undoing "Add" would remove the item once more, redoing it
  would bring it back unasked. So `forget` takes the item out of every command, and a command that is about
  nothing else leaves the stack. An item that comes back is another object, with which old commands have
  nothing to do (`replace`).
- It holds more than the user changed: all properties of an item, all siblings of a layer. Undone unchanged,
  it would undo what others did to the rest since. So what a command holds is narrowed down to what differs
  between its two states: once when it is pushed, for components and sources, which take a part of a state;
  and before each undo or redo for everything else, whose other parts are refreshed from what is there now.

An example. Ann turns a lens in its dialog, Bob renames it, Ann presses Ctrl+Z:

    what happens             the command on Ann's stack           the lens
    Ann turns it by 45°      before: angle 0, name "A", x 0       angle 45, name "A", x 0
                             after:  angle 45, name "A", x 0
      pushed: narrowed       before: angle 0    after: angle 45
    from Bob: name "B"                                            angle 45, name "B", x 0
    Ann undoes               sets angle 0, and nothing else       angle 0, name "B", x 0

Unguarded, undo would have set the name to "A" again, for Bob and everybody else. And if Bob removes the lens:

    from Bob: removed        leaves the stack                     gone
    Ann undoes               her step before this one             gone

After each step the ids that the command speaks of are reported as changed. The watcher hears about
each step from inside it (`UndoWatcher`), and says which records the command must leave alone, because
somebody else has changed them since: they are removed from it, as if they were gone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from optiverse_collab.host.api import UndoWatcher
from optiverse_collab.host.optiverse.undo.forgetting import ids_of, remove_recreated_groups, without
from optiverse_collab.host.optiverse.undo.narrowing import finish_ungroup, locked_in, narrow, refresh
from optiverse_collab.host.optiverse.upstream.contract import Override
from optiverse_collab.host.optiverse.upstream.undo import Command, UndoStack
from optiverse_collab.host.optiverse.upstream.window import Window
from optiverse_collab.wording import hosts as wording


class UndoGuard:
    """Guards the undo stack of a window.

    Args:
        window: an Optiverse main window.
        changed: called with the ids of a command after it was pushed, undone or redone.
        warn: takes a sentence about a step that the host could not undo or redo.

    Attributes:
        watcher: called at each step, if there is one.
    """

    def __init__(
        self, window: Window, changed: Callable[[Collection[str]], None], warn: Callable[[str], None]
    ) -> None:
        self.watcher: UndoWatcher | None = None
        self._window = window
        self._stack = stack = window.undo_stack
        self._changed = changed
        self._warn = warn
        self._gone: set[str] = set()
        self._ids: set[str] = set()  # of the command that is being undone or redone
        stack.commandPushed.connect(self._pushed)
        # Quirk: the stack has no signal for undo and redo. Nobody but its window calls them.
        self._overrides = [Override(stack, "undo", self._undo), Override(stack, "redo", self._redo)]
        for command in (*stack._undo_stack, *stack._redo_stack):
            narrow(command)

    def close(self) -> None:
        """Restore the stack."""
        self.watcher = None
        self._stack.commandPushed.disconnect(self._pushed)
        for override in self._overrides:
            override.undo()

    def forget(self, ids: Collection[str]) -> None:
        """Others removed these items: remove them from the user's steps."""
        self._gone.update(ids)
        with self._signals():
            for commands in (self._stack._undo_stack, self._stack._redo_stack):
                commands[:] = [command for command in commands if without(command, set(ids))]

    def separate(self, ids: Collection[str]) -> None:
        """Others changed these items: the user's next edit of them is a separate step.

        Quirk: the host merges a move into the move of the same item before it, and undoes both at once.
        """
        for command in self._stack._undo_stack[-1:]:
            if not set(ids_of(command)).isdisjoint(ids):
                Override(command, "merge_with", lambda other: False)

    def expect(self, id: str) -> None:
        """An item with this id is on the bench again."""
        self._gone.discard(id)

    def replace(self, ids: Collection[str]) -> None:
        """Other objects represent these ids from now on: a step that holds the old ones would show both."""
        self.forget(ids)
        for id in ids:
            self.expect(id)

    def _pushed(self) -> None:
        commands = self._stack._undo_stack
        if not commands:
            return
        command = commands[-1]
        ids = set(ids_of(command))
        narrow(command)
        # A dialog that was open while its item was removed ends with a command about it.
        if ids & self._gone:
            self.forget(ids & self._gone)
        self._changed(ids)
        if self.watcher is not None and command in commands[-1:]:
            self.watcher.done(command, ids)

    def _undo(self) -> None:
        command = self._begin(self._stack._undo_stack, redo=False)
        if command is not None:
            refresh(command)
            self._step(command, type(self._stack).undo)
            finish_ungroup(command)
        self._end(command)

    def _redo(self) -> None:
        command = self._begin(self._stack._redo_stack, redo=True)
        if command is not None:
            refresh(command)
            self._step(command, type(self._stack).redo)
            remove_recreated_groups(command, self._gone)
        self._end(command)

    def _begin(self, commands: list[Command], redo: bool) -> Command | None:
        """The command to undo or redo, without records that it must leave alone; None if nothing is left."""
        self._ids = set()
        while commands and self.watcher is not None:
            command = commands[-1]
            self._ids = ids = set(ids_of(command))
            self._changed(ids)
            left = self.watcher.begin(command, ids, redo)
            if command not in commands[-1:]:  # others removed what it was about
                continue
            if left and not without(command, set(left)):
                with self._signals():
                    commands.pop()
                return None
            break
        return commands[-1] if commands else None

    def _end(self, command: Command | None) -> None:
        if command is not None:
            self._changed(self._ids | set(ids_of(command)))
        if self.watcher is not None:
            self.watcher.end(self._ids)

    def _step(self, command: Command, take: Callable[[UndoStack], None]) -> None:
        locked = locked_in(command)
        try:
            with self._no_snapping():
                take(self._stack)
        except Exception as fault:  # noqa: BLE001 (whatever it raises, the window continues)
            self._warn(wording.step_failed(repr(fault)))
            self._stack.canUndoChanged.emit(self._stack.can_undo())
            self._stack.canRedoChanged.emit(self._stack.can_redo())
        if locked:
            self._warn(wording.stayed_locked(locked))

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Emit the stack's signals for an empty stack."""
        could_undo, could_redo = self._stack.can_undo(), self._stack.can_redo()
        yield
        if could_undo and not self._stack.can_undo():
            self._stack.canUndoChanged.emit(False)
        if could_redo and not self._stack.can_redo():
            self._stack.canRedoChanged.emit(False)

    @contextmanager
    def _no_snapping(self) -> Iterator[None]:
        """Let items go where they were.

        Quirk: the host snaps what undo puts back to its neighbours, which others may have moved since.
        """
        wanted = self._window.magnetic_snap
        self._window.magnetic_snap = False
        try:
            yield
        finally:
            self._window.magnetic_snap = wanted
