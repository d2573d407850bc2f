"""The edit that broke a beam, found from the menu of an item."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from optiverse_collab.errors import HostUnsupported
from optiverse_collab.window import beam_search
from optiverse_collab.wording import beams as texts
from tests.helpers.demo_window import KEYS
from tests.window.timeline_lab import Lab


class Beam(NamedTuple):
    """A laser along the x axis, and a mirror that it hits at x = 100 mm."""

    lab: Lab
    source: str
    mirror: str

    @property
    def told(self) -> list[str]:
        """Bob's notices."""
        return [toast.text for toast in self.lab.bob.controller.reports.toasts.shown]


@pytest.fixture
def beam(timeline_lab: Lab) -> Beam:
    window = timeline_lab.ann.window
    window.bench.remove([timeline_lab.lens])
    made = Beam(timeline_lab, window.insert(KEYS["source"]), window.insert(KEYS["mirror"]))
    window.bench.change(
        {
            made.source: {"pos": [0.0, 0.0], "angle_deg": 0.0},
            made.mirror: {"pos": [100.0, 0.0], "angle_deg": 90.0, "name": "D1"},
        }
    )
    timeline_lab.ann.until_same(timeline_lab.bob)
    timeline_lab.until(lambda: timeline_lab.ann.manager.service.unsent == 0)
    return made


def test_the_edit_is_named_and_shown(beam: Beam) -> None:
    """Its step is selected, and the preview compares the bench before and after it."""
    lab = beam.lab
    lab.bob.window.bench.change({beam.mirror: {"pos": [-400.0, 300.0]}})
    lab.ann.until_same(lab.bob)
    lab.ann.window.bench.change({beam.source: {"color_hex": "#00ff00"}})
    lab.ann.until_same(lab.bob)
    lab.panel.beams.search(beam.mirror, '"D1"')
    broke = 'Bob moved "D1" by 583.1 mm: a beam hit "D1" before that, and none does after it.'
    lab.until(lambda: broke in beam.told)
    assert lab.panel.is_open
    assert lab.preview.table.topLevelItemCount() == 1
    step = lab.panel.dock.list.current
    assert step is not None
    assert step.author == "Bob"
    assert lab.panel.dock.compare.isChecked()


def test_a_beam_that_is_not_broken(beam: Beam) -> None:
    beam.lab.panel.beams.search(beam.mirror, '"D1"')
    beam.lab.until(lambda: 'A beam hits "D1" now.' in beam.told)
    assert beam.lab.panel.previewing.dialog is None


def test_an_editor_without_ray_tracing(beam: Beam, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence says so."""

    def none(window: object) -> None:
        raise HostUnsupported("This editor traces no beams.")

    monkeypatch.setattr(beam_search, "ray_engine", none)
    beam.lab.panel.beams.search(beam.mirror, '"D1"')
    beam.lab.until(lambda: "This editor traces no beams." in beam.told)


@pytest.mark.parametrize(
    ("failure", "sentence"), [("The server is busy.", "The server is busy."), ("", texts.NO_HISTORY)]
)
def test_without_a_history_there_is_nothing_to_find(
    failure: str, sentence: str, timeline_lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason is shown."""
    reader = timeline_lab.panel.reader
    monkeypatch.setattr(type(reader), "is_behind", False)
    monkeypatch.setattr(reader, "glance", lambda: None)
    monkeypatch.setattr(reader, "timeline", None)
    reader.failure = failure
    timeline_lab.panel.beams.search("d1", '"D1"')
    shown = [toast.text for toast in timeline_lab.bob.controller.reports.toasts.shown]
    assert sentence in shown
