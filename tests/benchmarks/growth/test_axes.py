"""What grows, and how far."""

from __future__ import annotations

from dataclasses import fields

from benchmarks.growth.axes import AXES, EDITS_PER_S
from benchmarks.growth.measure import Grown


def test_only_one_thing_grows_on_an_axis() -> None:
    for axis in AXES:
        for sizes in (axis.sizes, axis.quick):
            places = [axis.at(size) for size in sizes]
            assert places == sorted(set(places))
            for other in {one.key for one in AXES} - {axis.key}:
                assert len({getattr(size, other) for size in sizes}) == 1


def test_all_sessions_together_have_no_more_edits_than_one() -> None:
    for axis in AXES:
        for size in axis.sizes:
            load = size.load(1.0)
            assert load.editors * load.hz * size.sessions <= EDITS_PER_S
            assert load.editors <= load.participants


def test_reasons_are_given_for_figures_that_there_are() -> None:
    names = {field.name for field in fields(Grown)}
    for axis in AXES:
        assert set(axis.reasons) <= names
