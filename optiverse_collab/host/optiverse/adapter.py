"""The adapter for Optiverse 0.2.7 and 0.3.4, unmodified."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QRectF, QTimer

from optiverse_collab import manifest
from optiverse_collab.convert import item_from_record, record_from_item, write_bench
from optiverse_collab.convert.kinds import GROUP, ITEMS, KINDS, is_item
from optiverse_collab.convert.reading import SET_ASIDE
from optiverse_collab.convert.shapes import SHAPES, is_number
from optiverse_collab.host.optiverse import stock
from optiverse_collab.host.optiverse.bench import SceneBench
from optiverse_collab.host.optiverse.group_list import GroupList
from optiverse_collab.host.optiverse.hands import Pointer, items_in_hand
from optiverse_collab.host.optiverse.kinds import ANNOTATIONS, OPTICAL, Annotation, Optical
from optiverse_collab.host.optiverse.layer_tree import LayerTree
from optiverse_collab.host.optiverse.openings import Openings
from optiverse_collab.host.optiverse.places import PLACE
from optiverse_collab.host.optiverse.shadow import Shadows
from optiverse_collab.host.optiverse.undo import UndoGuard
from optiverse_collab.sync.records import Op, Put, Record, Remove, apply, same_value

HOST_FAULTS = (ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)
"""What the host raises on values that it didn't expect."""

PANEL_MS = 100
"""How long after a change by others the layer panel is drawn anew, as 0.3.4 does after changes of its own."""


class OptiverseHost:
    """Implements `optiverse_collab.host.api.Host` for one `MainWindow` of Optiverse.

    Raises:
        HostUnsupported: the window lacks something; the text says what.
    """

    def __init__(self, window: Any) -> None:
        stock.load()
        stock.check(window)
        self.name = f"Optiverse {stock.version()}"
        self.window = window
        self.view = window.view
        self._category = manifest.load().plugin.log_category
        self._dirty: Callable[[Collection[str]], None] = lambda ids: None
        self._pointer: Pointer | None = None
        self._opened: Callable[[], None] = lambda: None
        self._openings = Openings(window, self._another_bench)
        self._closed = False
        self._kept: dict[str, Record] = {}
        self._shadows = Shadows()
        self._bench = SceneBench(window, self._touched)
        kind_of_layers = GroupList if stock.has_groups(window) else LayerTree
        self._layers: GroupList | LayerTree = kind_of_layers(
            window, self._bench, self._kept.__contains__, self._touched
        )
        self._undo = UndoGuard(window.undo_stack, self._stepped, partial(self.log, "WARNING"))
        self._panel_later = QTimer(window)
        self._panel_later.setSingleShot(True)
        self._panel_later.setInterval(PANEL_MS)
        self._panel_later.timeout.connect(window._refresh_layer_panel)

    def outline(self, id: str) -> QRectF | None:
        item = self._bench.known(id)
        return None if item is None else item.mapToScene(item.shape()).boundingRect()

    def log(self, level: str, text: str) -> None:
        getattr(self.window.log_service, level.lower())(text, self._category)

    def ids(self) -> Collection[str]:
        self._bench.survey()
        return [*self._bench.items, *self._layers.group_ids(), *self._kept]

    def records(self, ids: Collection[str] | None = None) -> dict[str, Record]:
        self._layers.look()
        wanted = self.ids() if ids is None else ids
        return {id: record for id in wanted if (record := self._record(id)) is not None}

    def apply(self, ops: Sequence[Op]) -> None:
        self._bench.survey_if_due()
        self._layers.look()
        with self._in_one_go():
            for op in ops:
                try:
                    self._apply(op)
                except HOST_FAULTS as fault:
                    # What the user deleted is about to be deleted for the others too.
                    level = "DEBUG" if op.id in self._bench.lost else "WARNING"
                    self.log(level, f"A change of {op.id!r} by others can't be shown here: {fault!r}.")

    def watch(self, dirty: Callable[[Collection[str]], None]) -> None:
        self._dirty = dirty

    def watch_opened(self, opened: Callable[[], None]) -> None:
        self._opened = opened

    def held(self) -> Collection[str]:
        ids = {getattr(item, "item_uuid", None) for item in items_in_hand(self.window)}
        return {id for id in ids if id in self._bench.items} | self._bench.in_dialog

    def save_copy(self, path: Path) -> None:
        bench = self.window.file_controller.file_manager.serialize_scene()
        measures = [record for record in self.records().values() if record.kind == "angle_measure"]
        if measures:
            # Quirk: the host leaves angle measures out of its files, and reads none.
            bench["angle_measures"] = [item_from_record(record) for record in measures]
        aside = [record for record in self._kept.values() if is_item(record)]
        if aside:
            bench[SET_ASIDE] = [{"id": one.id, "kind": one.kind, "props": one.props} for one in aside]
        write_bench(path, bench)

    def watch_presence(self, changed: Callable[[Mapping[str, object]], None]) -> None:
        if self._pointer is not None:
            self._pointer.close()
        self._pointer = Pointer(self.window, changed)

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._dirty = lambda ids: None
        self._opened = lambda: None
        self._openings.close()
        if self._pointer is not None:
            self._pointer.close()
            self._pointer = None
        self._panel_later.stop()
        self._panel_later.deleteLater()
        self._undo.close()
        self._layers.close()
        self._bench.close()

    def _another_bench(self) -> None:
        """What was kept belonged to the bench that was here before."""
        self._kept.clear()
        self._opened()

    def _touched(self, ids: Collection[str]) -> None:
        self._dirty(ids)

    def _stepped(self, ids: Collection[str]) -> None:
        """The user did, undid or redid something."""
        self._bench.survey()
        self._dirty(ids)

    def _record(self, id: str) -> Record | None:
        if id in self._kept:
            return self._kept[id]
        if self._layers.has_group(id):
            return self._stated(Record(id, GROUP, self._layers.read_group(id)))
        item = self._bench.item(id)
        return None if item is None else self._stated(self._shown(item))

    def _stated(self, shown: Record) -> Record:
        """What stands for what is shown; `shown` is not used any more."""
        record = self._shadows.record(shown)
        record.props.update(self._layers.place_of(record.id))
        return record

    def _shown(self, item: Any) -> Record:
        """What the host shows of an item, without its place among the others."""
        data = self._bench.kind_of(item).read(item)
        data["z_value"] = self._layers.z_of(item)
        record = record_from_item(data)
        record.props.update(self._layers.notes_of(record.id))
        return record

    @contextmanager
    def _in_one_go(self) -> Iterator[None]:
        """Let the host draw its panel and trace its rays once, however much is changed."""
        self._created: list[Any] = []
        # Quirk: `_connect_item_signals` has the layer panel drawn anew, for each item; 0.2 does so at once.
        self.window._refresh_layer_panel = lambda: None
        try:
            yield
        finally:
            del self.window._refresh_layer_panel
            self._layers.settle()
            self._follow_labels()
            self._panel_later.start()
            self.window._schedule_retrace()

    def _apply(self, op: Op) -> None:
        item = self._bench.known(op.id)
        is_there = item is not None or op.id in self._kept or self._layers.has_group(op.id)
        now = self._record(op.id) if is_there else None
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
            self._kept[op.id] = new
        self._layers.place(new)

    def _remove(self, id: str) -> None:
        self._undo.forget({id})
        self._layers.drop(id)
        self._shadows.forget(id)
        self._kept.pop(id, None)
        item = self._bench.known(id)
        if id in self._bench.items:
            self._bench.leave(id)
        if item is not None:
            self.window.scene.removeItem(item)

    def _write_group(self, now: Record | None, new: Record) -> None:
        if now is None:
            self._undo.forget({new.id})
            self._undo.expect(new.id)
        self._layers.write_group(new.id, new.props)
        self._shadows.remember(_without_place(new), self._layers.read_group(new.id))

    def _make(self, record: Record) -> None:
        # A step that holds another object of this id would put it beside the new one.
        self._undo.forget({record.id})
        self._undo.expect(record.id)
        self._kept.pop(record.id, None)
        item = self._made(record) if is_item(record) else None
        if item is None:
            self._keep(record)
            return
        self.window.scene.addItem(item)
        self.window._connect_item_signals(item)
        self._bench.enter(record.id, item)
        self._created.append(item)
        self._finish(item, None, record)

    def _made(self, record: Record) -> Any | None:
        kind = ANNOTATIONS.get(record.kind, OPTICAL)
        try:
            return kind.make(self._bearable(kind, None, record), self.window)
        except HOST_FAULTS as fault:
            self.log("DEBUG", f"Optiverse can't make {record.id!r}: {fault!r}.")
            return None

    def _keep(self, record: Record) -> None:
        """Keep a record that can't be shown, for the others and for the next version of the host."""
        self._kept[record.id] = record
        level = "WARNING" if is_item(record) else "DEBUG"
        self.log(level, f"A {record.kind} ({record.id}) by others is kept, but {self.name} can't show it.")

    def _write(self, item: Any, now: Record, new: Record) -> None:
        kind = self._bench.kind_of(item)
        after = self._bearable(kind, item, new)
        try:
            kind.write(item, item_from_record(now), after, self.window)
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
        self._shadows.remember(_without_place(new), self._shown(item).props)

    def _bearable(self, kind: Optical | Annotation, item: Any, record: Record) -> dict[str, Any]:
        """What the host shall show of a record: all but values that it can't bear.

        Args:
            item: what shows the record now, if anything does; what can't be shown stays as it is there.
        """
        spec, shapes = KINDS.get(record.kind, ITEMS), SHAPES.get(record.kind, SHAPES["component"])
        bad = {name for name, fits in shapes.items() if name in record.props and not fits(record.props[name])}
        data = item_from_record(record)
        item_class = stock.load().TypeRegistry.get_class(record.kind) if item is None else type(item)
        unsure = data.keys() - bad if item_class else ()
        bad |= {name for name in unsure if not kind.bears(item_class, name, data[name])}
        if not bad:
            return data
        names = ", ".join(sorted(bad))
        self.log("WARNING", f"{self.name} can't show the {names} of {record.id!r} that others set.")
        parts = {part for name in bad for part in spec.together.get(name, (name,))}
        shown = {} if item is None else item_from_record(self._shown(item))
        kept = {name: value for name, value in data.items() if name not in parts}
        return {**kept, **{name: shown[name] for name in parts if name in shown}}

    def _follow_labels(self) -> None:
        """Tie labels to their components, as opening a file does (0.3)."""
        owners = {getattr(item, "owner_uuid", None) or item.item_uuid for item in self._created}
        for id in owners:
            owner = self._bench.items.get(id)
            if owner is not None and hasattr(owner, "connect_autolabel"):
                owner.connect_autolabel()


def _without_place(record: Record) -> Record:
    return Record(
        record.id, record.kind, {name: value for name, value in record.props.items() if name not in PLACE}
    )


def _changed(before: Record | None, after: Record) -> set[str]:
    """The names of the properties that differ."""
    old: Mapping[str, Any] = {} if before is None else before.props
    return {
        name
        for name in {**old, **after.props}
        if name not in old or name not in after.props or not same_value(old[name], after.props[name])
    }
