"""What `Host` provides for a host that offers little: adapters must implement only six methods."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QMainWindow

from optiverse_collab.category import LINES
from optiverse_collab.convert import read_bench, records_from_bench
from optiverse_collab.host.api import Host, Op, Put, Record, Set, apply


class Plain(Host):
    """A host that can list what is on its bench, and nothing else."""

    name = "Plain 1.0"

    def __init__(self) -> None:
        self.bench: dict[str, Record] = {}

    @property
    def window(self) -> QMainWindow:
        """It has no window."""
        raise NotImplementedError

    def records(self, ids: Collection[str] | None = None) -> dict[str, Record]:
        return {id: one for id, one in self.bench.items() if ids is None or id in ids}

    def apply(self, ops: Sequence[Op], batch_continues: bool = False) -> None:
        for op in ops:
            apply(self.bench, op)

    def watch(self, dirty: Callable[[Collection[str]], None]) -> None:
        """Nobody changes the bench."""

    def close(self) -> None:
        """Nothing is open."""


def test_what_a_simple_host_does_not_know_is_not_there() -> None:
    host = Plain()
    assert (host.view, host.item_list, host.outline("lens"), host.picture()) == (None, None, None, None)
    assert (list(host.held()), host.dragged(["lens"]), dict(host.editors())) == ([], {}, {})
    host.agree(["lens"])
    host.watch_opened(lambda back: None)
    host.watch_undo(None)
    host.watch_presence(lambda state: None)
    host.watch_editors(lambda: None)()


def test_what_can_be_told_from_the_records_is(tmp_path: Path) -> None:
    host = Plain()
    host.edit("Use mine", [Put("lens", "component", {"pos": [1.0, 2.0]}), Set("lens", {"name": "L"})])
    assert host.ids() == ["lens"]
    host.save_copy(tmp_path / "bench.json")
    copied = records_from_bench(read_bench(tmp_path / "bench.json")).records
    assert copied["lens"].props["pos"] == [1.0, 2.0]


def test_its_lines_go_to_a_logger_of_the_categorys_name(caplog: pytest.LogCaptureFixture) -> None:
    noted: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: noted.append(record.getMessage())  # type: ignore[method-assign]
    LINES.addHandler(handler)
    try:
        Plain().log("WARNING", "✗ 100 %s")
    finally:
        LINES.removeHandler(handler)
    assert ("Collaboration", logging.WARNING, "✗ 100 %s") in caplog.record_tuples
    assert noted == ["✗ 100 %s"]


def test_an_adapter_without_what_it_must_have_is_refused() -> None:
    class Unfinished(Host):
        name = "Unfinished"

    with pytest.raises(TypeError, match="abstract"):
        Unfinished()  # type: ignore[abstract]
