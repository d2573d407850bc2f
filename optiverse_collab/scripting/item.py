"""Records for scripts: mappings of properties that write to the session."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from numbers import Integral, Real
from typing import Any

from optiverse_collab.core.records import Op, Put, Record, Remove, Set
from optiverse_collab.errors import ChangeRefused, Reason
from optiverse_collab.scripting.read_only import read_only


class Items(Mapping[str, "Item"], ABC):
    """The records of a bench by id, as `Item`s; a subclass provides them."""

    @property
    @abstractmethod
    def _view(self) -> Mapping[str, Record]:
        """id → record; not for scripts, since the content of records must not be changed."""

    @abstractmethod
    def edit(self, ops: Sequence[Op]) -> None:
        """Make a change."""

    @property
    def records(self) -> Mapping[str, Record]:
        """id → record; read only, including the content of records."""
        return Records(self._view)

    def record(self, id: str) -> Record:
        """The present state of a record; read only.

        Raises:
            KeyError: there is none.
        """
        record: Record = read_only(self._find(id))
        return record

    def _find(self, id: str) -> Record:
        record = self._view.get(id)
        if record is None:
            raise KeyError(f"there is no record {id!r} in the session")
        return record

    def named(self, name: str) -> list[Item]:
        """The records of this name; Optiverse allows several: ``[lens] = bench.named("Lens 1")``."""
        return [Item(self, id) for id, record in self._view.items() if record.props.get("name") == name]

    def put(self, id: str, kind: str, props: Mapping[str, Any]) -> None:
        """Create a record, or replace all of it."""
        self.edit([Put(id, kind, dict(props))])

    def set(self, id: str, props: Mapping[str, Any], unset: Sequence[str] = ()) -> None:
        """Give properties of a record new values, and remove those in `unset`."""
        self.edit([Set(id, dict(props), list(unset))])

    def remove(self, id: str) -> None:
        """Remove a record."""
        self.edit([Remove(id)])

    def __getitem__(self, id: str) -> Item:
        self._find(id)
        return Item(self, id)

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._view))

    def __len__(self) -> int:
        return len(self._view)


class Records(Mapping[str, Record]):
    """The records of a read-only bench."""

    def __init__(self, view: Mapping[str, Record]) -> None:
        self._view = view

    def __getitem__(self, id: str) -> Record:
        record: Record = read_only(self._view[id])
        return record

    def __iter__(self) -> Iterator[str]:
        return iter(self._view)

    def __len__(self) -> int:
        return len(self._view)

    def __repr__(self) -> str:
        return repr(dict(self))


class Item(MutableMapping[str, Any]):
    """A record's properties; assigned values are sent to everybody.

    Lists and dicts come out read only: changing one in place would reach nobody, so it fails. Assign a
    new value instead: ``item["pos"] = [10.0, 20.0]``.

    Attributes:
        id: the record's.
    """

    def __init__(self, bench: Items, id: str) -> None:
        self.id = id
        self._bench = bench

    @property
    def kind(self) -> str:
        """``component``, ``ruler``, ``group``, …"""
        return self._bench._find(self.id).kind

    def move(self, x_mm: float, y_mm: float) -> None:
        """Put it at (x, y), in mm.

        Raises:
            ChangeRefused: it has no position, as rulers and groups.
        """
        if "pos" not in self:
            raise ChangeRefused(
                Reason.INVALID_MESSAGE, f"The {self.kind} {self.id!r} has no position; set its points."
            )
        self["pos"] = [float(x_mm), float(y_mm)]

    def rotate(self, angle_deg: float) -> None:
        """Turn it to an angle, in degrees.

        Raises:
            ChangeRefused: it has no angle.
        """
        if "angle_deg" not in self:
            raise ChangeRefused(
                Reason.INVALID_MESSAGE, f"The {self.kind} {self.id!r} has no angle and can't be rotated."
            )
        self["angle_deg"] = float(angle_deg)

    def __getitem__(self, name: str) -> Any:
        return read_only(self._bench._find(self.id).props[name])

    def __setitem__(self, name: str, value: Any) -> None:
        self._bench.set(self.id, {name: value})

    def __delitem__(self, name: str) -> None:
        if name not in self:
            raise KeyError(name)
        self._bench.set(self.id, {}, [name])

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._bench._find(self.id).props))

    def __len__(self) -> int:
        return len(self._bench._find(self.id).props)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.id}: {dict(self)!r}>"


def plain(value: Any) -> Any:
    """`value` as JSON, in our own objects, so that later changes by the script don't reach it.

    Numbers and arrays of NumPy and the like become numbers and lists; other values that JSON
    can't carry are left to the checks, which refuse them.
    """
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    as_list = getattr(value, "tolist", None)
    return as_list() if callable(as_list) else value


def own_copy(op: Op) -> Op:
    """`op` with values that later changes by the script don't reach."""
    if isinstance(op, Put):
        return Put(op.id, op.kind, plain(op.props), op.lane)
    return Set(op.id, plain(op.props), list(op.unset)) if isinstance(op, Set) else Remove(op.id)
