"""The tables say where the aims are missed, and what could not be measured."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.photon.figures import Case, Found, Idle, Result, Shown, Times
from benchmarks.photon.table import section


def shown(ms: float) -> Shown:
    """A window that follows the mouse after this time, always."""
    times = Times.of([ms])
    return Shown(times, times, times, paints=1.5, paint_ms=1.2, work_ms=ms / 2, waited_ms=0.5)


def result(other_ms: float, slot_ms: float = 1.0, laser: bool = False) -> Result:
    """A case with another window that is this slow."""
    slots = {"Quick.look": Times.of([0.1]), "Slow.look": Times.of([slot_ms])}
    return Result(Case(300, laser, 50), shown(5.0), shown(7.0), shown(other_ms), 40.0, slots)


def test_a_row_beyond_the_aim_says_so_with_the_reason() -> None:
    text = section(Found([result(20.0)]))
    assert "5 / 5" in text
    assert "20 / 20" in text
    assert "behind" not in text
    text = section(Found([result(20.0), result(60.0)]))
    assert "60 / 60 behind" in text
    assert "PUSH-2" in text


def test_the_slowest_slots_come_first() -> None:
    lines = section(Found([result(20.0, slot_ms=9.0)])).splitlines()
    assert any("9.00 `Slow.look`" in line for line in lines)
    slots = [line for line in lines if line.startswith("| `")]
    assert ["Slow" in line for line in slots] == [True, False]


def test_a_slot_beyond_the_aim_has_its_reason() -> None:
    why = "`LiveBench._on_tick` reads where each dragged item is"
    assert why in section(Found([replace(result(20.0), slots={"LiveBench._on_tick": Times.of([9.0])})]))
    assert why not in section(Found([replace(result(20.0), slots={"LiveBench._on_tick": Times.of([1.0])})]))


def test_a_retrace_is_stated_where_there_is_a_laser() -> None:
    assert "| none" in section(Found([result(20.0)]))
    assert "| 40.0" in section(Found([result(20.0, laser=True)]))


def test_idle_windows_are_compared() -> None:
    text = section(Found([result(20.0)], idle=Idle(3000, 0.001, 0.0025)))
    assert "0.25 % of a core in a session and 0.10 % without the plugin: 0.15 % for the plugin" in text


def test_what_could_not_be_measured_is_stated() -> None:
    text = section(Found(problems=[(Case(25, True, 1), "The component is not visible.")]))
    assert "- 1 of 25 components, with a laser: not measured. The component is not visible." in text


def test_work_is_stated_beside_that_of_the_editor_alone() -> None:
    text = section(Found([result(20.0)]))
    assert "| 1.5 of 1.20; 2.50 + 0.50 | 1.5 of 1.20; 3.50 + 0.50 | 1.5 of 1.20; 10.0 + 0.50 |" in text
