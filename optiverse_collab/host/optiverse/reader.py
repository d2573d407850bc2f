"""Reads a window's bench as records."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from optiverse_collab.convert import item_from_record, record_from_item, write_bench
from optiverse_collab.convert.kinds import ANNOTATIONS, GROUP, is_item
from optiverse_collab.convert.reading import SET_ASIDE
from optiverse_collab.core.records import Record
from optiverse_collab.host.optiverse.items.kinds import Kinds
from optiverse_collab.host.optiverse.items.scene_bench import SceneBench
from optiverse_collab.host.optiverse.layers.base import Layers
from optiverse_collab.host.optiverse.layers.places import PLACE
from optiverse_collab.host.optiverse.stated_values import StatedValues
from optiverse_collab.host.optiverse.upstream.item_names import item_names
from optiverse_collab.host.optiverse.upstream.items import NAME, Data, Item, Optic, Props
from optiverse_collab.host.optiverse.upstream.window import Window


class Reader:
    """Reads items, groups, and records that are kept without being shown.

    Args:
        window: an Optiverse main window.
        bench: its items.
        layers: its groups.
        kinds: how to read each kind of item.
        unshown: id → record that the host can't show.
    """

    def __init__(
        self,
        window: Window,
        bench: SceneBench,
        layers: Layers,
        kinds: Kinds,
        unshown: Mapping[str, Record],
    ) -> None:
        self._bench = bench
        self._layers = layers
        self._kinds = kinds
        self._unshown = unshown
        self._window = window
        self._stated_values = StatedValues()

    def ids(self) -> list[str]:
        """The ids of all that is on the bench."""
        self._bench.survey()
        return [*self._bench.items, *self._layers.group_ids(), *self._unshown]

    def records(self, ids: Collection[str] | None) -> dict[str, Record]:
        """All of it, or those of `ids` that are there."""
        self._layers.look()
        wanted = self.ids() if ids is None else ids
        return {id: record for id in wanted if (record := self.record(id)) is not None}

    def record(self, id: str) -> Record | None:
        """What stands for an item or a group that is there."""
        if id in self._unshown:
            return self._unshown[id]
        if self._layers.has_group(id):
            return self._stated(Record(id, GROUP, self._layers.read_group(id)))
        item = self._bench.item(id)
        return None if item is None else self._stated(self.shown(item))

    def shown(self, item: Item) -> Record:
        """What the host shows of an item, without its place among the others."""
        data = self._kinds.of(item).read(item)
        data["z_value"] = self._layers.z_of(item)
        record = record_from_item(data)
        record.props.update(self._layers.read_item(record.id))
        return record

    def place(self, id: str, item: Optic) -> Data:
        """What a drag changes of a component or a source: `pos` and `angle_deg`."""
        shown = _place(item)
        stated = self._stated_values.stated(id, shown)
        return stated if stated is shown else {name: stated[name] for name in shown if name in stated}

    def remember_place(self, id: str, item: Optic, stated: Props) -> None:
        """The same as `remember`, for what a move by others changed of these."""
        shown = _place(item)
        self._stated_values.remember_some(id, stated, {name: shown[name] for name in stated})

    def remember(self, record: Record) -> None:
        """Let an applied record represent whatever the host shows for it now."""
        is_group = record.kind == GROUP
        shown = (
            self._layers.read_group(record.id) if is_group else self.shown(self._bench.items[record.id]).props
        )
        props = {name: value for name, value in record.props.items() if name not in PLACE}
        self._stated_values.remember(Record(record.id, record.kind, props), shown)

    def forget(self, id: str) -> None:
        """Forget items that are gone."""
        self._stated_values.forget(id)

    def save_copy(self, path: Path) -> None:
        """Write everything to an Optiverse file.

        Raises:
            BenchFileError: it can't be written; the text says why.
        """
        bench = self._window.file_controller.file_manager.serialize_scene()
        measures = [one for one in self.records(None).values() if one.kind == "angle_measure"]
        if measures:
            # Quirk: the host leaves angle measures out of its files, and reads none.
            bench["angle_measures"] = [item_from_record(record) for record in measures]
        self._add_names(bench)
        aside = [record for record in self._unshown.values() if is_item(record)]
        if aside:
            bench[SET_ASIDE] = [{"id": one.id, "kind": one.kind, "props": one.props} for one in aside]
        write_bench(path, bench)

    def _add_names(self, bench: Data) -> None:
        """Add to a file the names of annotations, which the host leaves out of its files."""
        read = [self._kinds.of(item).read(item) for item in self._bench.annotations()]
        names = {data["item_uuid"]: data[NAME] for data in read if NAME in data}
        for section in ANNOTATIONS:
            for entry in bench.get(section, ()):
                if entry["item_uuid"] in names:
                    entry[NAME] = names[entry["item_uuid"]]

    def _stated(self, shown: Record) -> Record:
        """What stands for what is shown; `shown` is not used any more."""
        record = self._stated_values.record(shown)
        record.props.update(self._layers.place_of(record.id))
        return record


def _place(item: Optic) -> Data:
    """Where the host shows an item, as `to_dict` says it."""
    angle = item_names().qt_angle_to_user(item.rotation())
    return {"pos": [float(item.x()), float(item.y())], "angle_deg": angle}
