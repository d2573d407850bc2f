"""Applies others' edits in a window: makes, edits in place, and removes items and groups."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress

from PyQt6.QtWidgets import QGraphicsItem

from optiverse_collab.convert import item_from_record
from optiverse_collab.convert.kinds import GROUP, is_item
from optiverse_collab.convert.shapes import is_number
from optiverse_collab.core.records import Op, Put, Record, Remove, apply, same_value
from optiverse_collab.host.optiverse.files.unsaved_mark import UnsavedMark
from optiverse_collab.host.optiverse.items.acceptance import accepted
from optiverse_collab.host.optiverse.items.autolabels import connect_autolabels
from optiverse_collab.host.optiverse.items.kinds import Kinds
from optiverse_collab.host.optiverse.items.scene_bench import SceneBench
from optiverse_collab.host.optiverse.items.unshown import Unshown
from optiverse_collab.host.optiverse.layers.base import Layers
from optiverse_collab.host.optiverse.layers.panel import Panel
from optiverse_collab.host.optiverse.mover import Mover
from optiverse_collab.host.optiverse.reader import Reader
from optiverse_collab.host.optiverse.retrace import Retrace
from optiverse_collab.host.optiverse.undo.guard import UndoGuard
from optiverse_collab.host.optiverse.upstream.check import missing_in_item
from optiverse_collab.host.optiverse.upstream.contract import HOST_FAULTS, as_qt, has
from optiverse_collab.host.optiverse.upstream.item_names import item_names
from optiverse_collab.host.optiverse.upstream.items import Data, HasLock, Item, Props
from optiverse_collab.host.optiverse.upstream.window import Window
from optiverse_collab.wording import hosts as wording
from optiverse_collab.wording.edits import title


class Writer:
    """Applies operations to one window.

    In here, `current` is the present record, and `record` the new one.

    Args:
        window: an Optiverse main window.
        bench: its items.
        layers: its groups.
        kinds: how to make and edit each kind of item.
        reader: gives the current records.
        unshown: takes records that the host can't show.
        undo: keeps the user's steps consistent with the bench.
        name: the host's name.
        log: takes a level and a line.
    """

    def __init__(
        self,
        window: Window,
        bench: SceneBench,
        layers: Layers,
        kinds: Kinds,
        reader: Reader,
        unshown: Unshown,
        undo: UndoGuard,
        name: str,
        log: Callable[[str, str], None],
    ) -> None:
        self._window = window
        self._bench = bench
        self._layers = layers
        self._kinds = kinds
        self._reader = reader
        self._unshown = unshown
        self._undo = undo
        self._name = name
        self._log = log
        self._created: list[Item] = []
        self._mover = Mover(kinds, layers, reader, unshown.records)
        self._missing: dict[type, list[str]] = {}
        self._unsaved_mark = UnsavedMark(window)
        self._panel = Panel(window)
        self._retrace = Retrace(window)

    def close(self) -> None:
        """Leave the window alone from now on."""
        self._unsaved_mark.close()
        self._panel.close()
        self._retrace.close()

    def agree(self, ids: Collection[str]) -> None:
        """See `Host.agree`."""
        self._unsaved_mark.agree(ids)

    def apply(self, ops: Sequence[Op], batch_continues: bool) -> None:
        """Apply everything that can be applied, at once; log a WARNING for each failure.

        Args:
            batch_continues: another call follows soon.
        """
        if not batch_continues:
            self._bench.survey_if_due([op.id for op in ops])
        self._layers.begin_batch()
        self._panel.note(ops)
        if ops:
            self._unsaved_mark.note(op.id for op in ops)
            self._undo.separate([op.id for op in ops])
        self._created = []
        try:
            with self._panel.held():
                for op in ops:
                    self._try(op)
        finally:
            self._end_batch(batch_continues)

    def _try(self, op: Op) -> None:
        try:
            with self._bench.changing(op.id):
                self._apply(op)
        except HOST_FAULTS as fault:
            # Items that the user deleted are about to be deleted for the others, too.
            level = "DEBUG" if op.id in self._bench.lost else "WARNING"
            self._log(level, wording.change_not_shown(self._title(op), repr(fault)))

    def _title(self, op: Op) -> str:
        """The title of a failed operation's record."""
        if isinstance(op, Put):
            return title(op.id, Record(op.id, op.kind, op.props))
        with suppress(*HOST_FAULTS):
            return title(op.id, self._reader.records([op.id]).get(op.id))
        return title(op.id, None)

    def _end_batch(self, continues: bool) -> None:
        """Let the host draw its panel and trace its rays, once for all changes."""
        is_drawn = self._layers.end_batch(continues)
        self._panel.follow(is_drawn, continues)
        connect_autolabels(self._bench, self._created)
        if not continues:
            self._retrace.follow()

    def _apply(self, op: Op) -> None:
        item = self._bench.known(op.id)
        if item is not None and self._missing.get(type(item)) == [] and self._mover.apply(op, item):
            return
        is_there = item is not None or op.id in self._unshown.records or self._layers.has_group(op.id)
        current = self._reader.record(op.id) if is_there else None
        record = _result(current, op)
        if current is not None and (record is None or record.kind != current.kind):
            self._remove(op.id)
            current = item = None
        if record is None:
            return
        if record.kind == GROUP:
            self._write_group(current, record)
        elif item is not None and current is not None:
            self._edit(item, current, record)
        elif current is None or isinstance(op, Put):
            self._make(record)
        else:
            self._unshown.add(record)
        self._layers.place(record)

    def _remove(self, id: str) -> None:
        self._undo.forget({id})
        self._layers.drop(id)
        self._reader.forget(id)
        self._unshown.discard(id)
        item = self._bench.known(id)
        if id in self._bench.items:
            self._bench.leave(id)
        if item is not None:
            self._window.scene.removeItem(as_qt(item, QGraphicsItem))

    def _write_group(self, current: Record | None, record: Record) -> None:
        if current is None:
            self._undo.replace({record.id})
        self._layers.write_group(record.id, record.props)
        self._reader.remember(record)

    def _make(self, record: Record) -> None:
        # A step that holds another object of this id would put it beside the new one.
        self._undo.replace({record.id})
        self._layers.release(record.id)
        item = self._made(record) if is_item(record) else None
        if item is None or not self._can_write(item, record.kind):
            self._unshown.add(record)
            return
        self._unshown.discard(record.id)
        self._window.scene.addItem(as_qt(item, QGraphicsItem))
        self._window._connect_item_signals(item)
        self._bench.enter(record.id, item)
        self._created.append(item)
        self._finish(item, None, record)

    def _made(self, record: Record) -> Item | None:
        """An item that is not on the bench yet; None if the host can't make it."""
        item_class = item_names().TypeRegistry.get_class(record.kind)
        try:
            return self._kinds.named(record.kind).make(self._accepted(record, item_class, None, {}))
        except HOST_FAULTS as fault:
            self._log("DEBUG", wording.not_made(record.id, repr(fault)))
            return None

    def _can_write(self, item: Item, kind: str) -> bool:
        """Whether an item has the attributes that we write; checked for the first item of each class."""
        cls = type(item)
        if cls not in self._missing:
            self._missing[cls] = missing_in_item(item, kind)
        if self._missing[cls]:
            self._unshown.give_up(kind, self._missing[cls])
        return not self._missing[cls]

    def _edit(self, item: Item, current: Record, record: Record) -> None:
        if not self._can_write(item, record.kind):
            self._remove(record.id)
            self._unshown.add(record)
            return
        before = item_from_record(current)
        after = self._accepted(record, type(item), item, before)
        try:
            self._kinds.of(item).write(item, before, after)
        finally:
            # The host's representation is not the user's edit.
            self._finish(item, current, record)

    def _finish(self, item: Item, current: Record | None, record: Record) -> None:
        """Set the properties common to all kinds, then remember how the host represents them all."""
        z, locked = record.props.get("z_value"), record.props.get("locked", False)
        if not is_number(z):
            z = float(item.zValue())
        if current is None or not same_value(z, self._layers.z_of(item)):
            self._layers.stack(item, z)
        self._layers.place(record)
        # Only now: in 0.3 the lock stands in the tree of layers too, and what stands there wins.
        if isinstance(locked, bool) and has(item, HasLock) and (current is None or locked != item._locked):
            item.set_locked(locked)
        self._layers.write_item(record.id, record.props, _changed(current, record))
        self._reader.remember(record)

    def _accepted(self, record: Record, item_class: type | None, item: Item | None, before: Props) -> Data:
        """A record in the form of `to_dict`, without the values that the host does not accept.

        Args:
            item: the present item, if there is one; it keeps its values for those.
            before: the present item in the same form.
        """
        kind = self._kinds.named(record.kind) if item is None else self._kinds.of(item)
        found = accepted(record, kind, item_class, before)
        if not found.refused:
            return found.data
        names = ", ".join(sorted(found.refused))
        self._log("WARNING", wording.values_not_shown(self._name, names, title(record.id, record)))
        shown = {} if item is None else item_from_record(self._reader.shown(item))
        return {**found.data, **{name: shown[name] for name in found.left_out if name in shown}}


def _result(current: Record | None, op: Op) -> Record | None:
    """The record after an operation; None if that removes it.

    Raises:
        LookupError: the operation is about a record that isn't there.
    """
    records = {} if current is None else {op.id: current}
    if not apply(records, op):
        raise LookupError("it is not on the bench")
    return None if isinstance(op, Remove) else records[op.id]


def _changed(current: Record | None, record: Record) -> set[str]:
    """The names of the properties that differ."""
    old: Props = {} if current is None else current.props
    return {
        name
        for name in {**old, **record.props}
        if name not in old or name not in record.props or not same_value(old[name], record.props[name])
    }
