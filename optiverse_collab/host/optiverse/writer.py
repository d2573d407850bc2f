"""What others did, done in a window: items and groups are made, edited in place, and removed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from optiverse_collab.convert import item_from_record
from optiverse_collab.convert.kinds import GROUP, ITEMS, KINDS, is_item
from optiverse_collab.convert.shapes import SHAPES, is_number
from optiverse_collab.core.records import Op, Put, Record, Remove, apply, same_value
from optiverse_collab.host.optiverse.files.unsaved_mark import UnsavedMark
from optiverse_collab.host.optiverse.items.annotations import Annotation
from optiverse_collab.host.optiverse.items.optical import Optical
from optiverse_collab.host.optiverse.items.placeholders import Placeholders
from optiverse_collab.host.optiverse.layers.panel import Panel
from optiverse_collab.host.optiverse.reader import Reader
from optiverse_collab.host.optiverse.retrace import Retrace
from optiverse_collab.host.optiverse.undo.guard import UndoGuard
from optiverse_collab.host.optiverse.upstream import installed as stock


class Writer:
    """Applies operations to one window.

    Args:
        window: an Optiverse main window.
        reader: what is there now.
        undo: told of what comes and goes.
        name: what the host calls itself.
        log: takes a level and a line.
    """

    def __init__(
        self,
        window: Any,
        reader: Reader,
        undo: UndoGuard,
        name: str,
        log: Callable[[str, str], None],
    ) -> None:
        self._window = window
        self._reader = reader
        self._bench, self._layers, self._kinds = reader.bench, reader.layers, reader.kinds
        self._undo = undo
        self._name = name
        self._log = log
        self._created: list[Any] = []
        self._layers.renewed = self._renewed
        self.placeholders = Placeholders(window.scene, name)
        self._unsaved_mark = UnsavedMark(window)
        self._panel = Panel(window)
        self._retrace = Retrace(window)

    def close(self) -> None:
        """Do nothing more to the window."""
        self.placeholders.clear()
        self._unsaved_mark.close()
        self._panel.close()
        self._retrace.close()

    def apply(self, ops: Sequence[Op], more: bool) -> None:
        """Apply all that can be applied, in one go; a WARNING tells of the rest.

        Args:
            more: another call follows soon.
        """
        if not more:
            self._bench.survey_if_due([op.id for op in ops])
        self._layers.more = True
        self._layers.look()
        self._panel.note(ops)
        if ops:
            self._unsaved_mark.note()
        self._created = []
        try:
            with self._panel.held():
                for op in ops:
                    self._try(op)
        finally:
            self._settle(more)

    def _try(self, op: Op) -> None:
        try:
            with self._bench.changing(op.id):
                self._apply(op)
        except stock.HOST_FAULTS as fault:
            # What the user deleted is about to be deleted for the others too.
            level = "DEBUG" if op.id in self._bench.lost else "WARNING"
            self._log(level, f"A change of {op.id!r} by others can't be shown here: {fault!r}.")

    def _settle(self, more: bool) -> None:
        """Let the host draw its panel and trace its rays, once for it all."""
        self._layers.more = more
        is_drawn = self._layers.settle()
        self._panel.follow(is_drawn, more)
        self._follow_labels()
        if not more:
            self._retrace.follow()

    def _apply(self, op: Op) -> None:
        item = self._bench.known(op.id)
        is_there = item is not None or op.id in self._reader.unshown or self._layers.has_group(op.id)
        now = self._reader.record(op.id) if is_there else None
        after = {} if now is None else {op.id: now}
        if not apply(after, op):
            raise LookupError("it is not on the bench")
        if now is not None and (isinstance(op, Remove) or after[op.id].kind != now.kind):
            self._remove(op.id)
            now = item = None
        new = after.get(op.id)
        if new is None:
            return
        if new.kind == GROUP:
            self._write_group(now, new)
        elif item is not None and now is not None:
            self._write(item, now, new)
        elif now is None or isinstance(op, Put):
            self._make(new)
        else:
            self._keep(new)
        self._layers.place(new)

    def _remove(self, id: str) -> None:
        self._undo.forget({id})
        self._layers.drop(id)
        self._reader.forget(id)
        self.placeholders.hide(id)
        item = self._bench.known(id)
        if id in self._bench.items:
            self._bench.leave(id)
        if item is not None:
            self._window.scene.removeItem(item)

    def _write_group(self, now: Record | None, new: Record) -> None:
        if now is None:
            self._renewed({new.id})
        self._layers.write_group(new.id, new.props)
        self._reader.state(new)

    def _renewed(self, ids: Collection[str]) -> None:
        """Other objects stand for these ids now, or are about to."""
        self._undo.forget(ids)
        for id in ids:
            self._undo.expect(id)

    def _make(self, record: Record) -> None:
        # A step that holds another object of this id would put it beside the new one.
        self._renewed({record.id})
        self._layers.release(record.id)
        item = self._made(record) if is_item(record) else None
        if item is None:
            self._keep(record)
            return
        self._reader.unshown.pop(record.id, None)
        self.placeholders.hide(record.id)
        self._window.scene.addItem(item)
        self._window._connect_item_signals(item)
        self._bench.enter(record.id, item)
        self._created.append(item)
        self._finish(item, None, record)

    def _made(self, record: Record) -> Any | None:
        kind = self._kinds.called(record.kind)
        try:
            return kind.make(self._acceptable(kind, None, None, record))
        except stock.HOST_FAULTS as fault:
            self._log("DEBUG", f"Optiverse can't make {record.id!r}: {fault!r}.")
            return None

    def _keep(self, record: Record) -> None:
        """Keep a record that can't be shown, for the others and for the next version of the host."""
        is_new = record.id not in self._reader.unshown
        self._reader.unshown[record.id] = record
        if is_item(record):
            self.placeholders.show(record)
        if is_new:
            level = "WARNING" if is_item(record) else "DEBUG"
            text = f"A {record.kind} ({record.id}) by others is kept, but {self._name} can't show it."
            self._log(level, text)

    def _write(self, item: Any, now: Record, new: Record) -> None:
        kind, before = self._kinds.of(item), item_from_record(now)
        after = self._acceptable(kind, item, before, new)
        try:
            kind.write(item, before, after)
        finally:
            # Whatever the host made of it is not the user's edit.
            self._finish(item, now, new)

    def _finish(self, item: Any, now: Record | None, new: Record) -> None:
        """Set what is set alike for all kinds, and take note of what the host makes of it all."""
        z, locked = new.props.get("z_value"), new.props.get("locked", False)
        if not is_number(z):
            z = float(item.zValue())
        if now is None or not same_value(z, self._layers.z_of(item)):
            self._layers.stack(item, z)
        self._layers.place(new)
        # Only now: in 0.3 the lock stands in the tree of layers too, and what stands there wins.
        if isinstance(locked, bool) and (now is None or locked != getattr(item, "_locked", locked)):
            getattr(item, "set_locked", lambda locked: None)(locked)
        self._layers.write_notes(new.id, new.props, _changed(now, new))
        self._reader.state(new)

    def _acceptable(
        self, kind: Optical | Annotation, item: Any, before: Mapping[str, Any] | None, record: Record
    ) -> dict[str, Any]:
        """What the host shall show of a record: all but values that it does not accept.

        Args:
            item: what shows the record now, if anything does; what can't be shown stays as it is there.
            before: what it was to show up to now. That was checked then, and looking at each property is
                most of what a move costs.
        """
        spec, shapes = KINDS.get(record.kind, ITEMS), SHAPES.get(record.kind, SHAPES["component"])
        bad = {name for name, fits in shapes.items() if name in record.props and not fits(record.props[name])}
        data = item_from_record(record)
        item_class = stock.load().TypeRegistry.get_class(record.kind) if item is None else type(item)
        unsure = data.keys() - bad if item_class else set()
        if before is not None:
            unsure = {name for name in unsure if name not in before or before[name] is not data[name]}
        bad |= {name for name in unsure if not kind.accepts(item_class, name, data[name])}
        if not bad:
            return data
        names = ", ".join(sorted(bad))
        self._log("WARNING", f"{self._name} can't show the {names} of {record.id!r} that others set.")
        parts = {part for name in bad for part in spec.together.get(name, (name,))}
        shown = {} if item is None else item_from_record(self._reader.shown(item))
        kept = {name: value for name, value in data.items() if name not in parts}
        return {**kept, **{name: shown[name] for name in parts if name in shown}}

    def _follow_labels(self) -> None:
        """Tie labels to their components, as opening a file does (0.3).

        Quirk: a component looks through the whole scene for its label.
        """
        owners = {getattr(item, "owner_uuid", None) or "" for item in self._bench.annotations()}
        new = {getattr(item, "owner_uuid", None) or item.item_uuid for item in self._created}
        for id in owners & new:
            owner = self._bench.items.get(id)
            if owner is not None and hasattr(owner, "connect_autolabel"):
                owner.connect_autolabel()


def _changed(before: Record | None, after: Record) -> set[str]:
    """The names of the properties that differ."""
    old: Mapping[str, Any] = {} if before is None else before.props
    return {
        name
        for name in {**old, **after.props}
        if name not in old or name not in after.props or not same_value(old[name], after.props[name])
    }
