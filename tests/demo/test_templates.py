"""New items are ones that Optiverse could open, and each is independent of the others."""

from __future__ import annotations

import pytest

from optiverse_collab.convert import bench_from_records, records_from_bench
from optiverse_collab_demo import files
from optiverse_collab_demo.geometry import middle
from optiverse_collab_demo.model import Item
from optiverse_collab_demo.templates import TEMPLATES, Template, placed

each = pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.key)


@each
def test_new_item_is_one_that_optiverse_can_open(template: Template) -> None:
    """Otherwise the item would be set aside."""
    records = files.records([Item("new", template.kind, placed(template, (10.0, -20.0)))])
    bench = bench_from_records(records)
    assert "set_aside" not in bench
    again = records_from_bench(bench)
    assert again.warnings == []
    assert again.records["new"].kind == template.kind
    assert again.records["new"].props.items() >= records["new"].props.items()


@each
def test_new_item_stands_where_it_was_put(template: Template) -> None:
    assert middle(template.kind, placed(template, (10.0, -20.0))) == (10.0, -20.0)


@each
def test_new_items_do_not_share_what_can_be_changed(template: Template) -> None:
    one, other = placed(template, (0.0, 0.0)), placed(template, (0.0, 0.0))
    one["name"] = one["pos"] = "changed"
    assert "changed" not in (other.get("name"), other.get("pos"))


def test_keys_titles_and_shortcuts_are_each_there_once() -> None:
    for names in zip(*((t.key, t.title, t.shortcut) for t in TEMPLATES), strict=True):
        assert len(set(names)) == len(TEMPLATES)
