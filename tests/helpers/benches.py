"""Bench files for tests: real ones, and generated ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from optiverse_collab.core.records import Record

DATA = Path(__file__).parent.parent / "data"
REAL = ("bench_small", "bench_300", "bench_layers")
"""Names of benches in tests/data: two from Optiverse 0.2.7 and one as 0.3.4 writes it."""

ASSEMBLIES = ("scene_9daf", "two_mirror", "validated", "waveplate_pbs")
"""Names of benches in tests/data/assemblies, which later tools of the editor wrote."""

Bench = dict[str, Any]


def load(name: str) -> Bench:
    """A bench of tests/data."""
    bench: Bench = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return bench


def bench(**parts: Any) -> Bench:
    """A bench with nothing but these parts."""
    return {"version": "2.0", "items": [], **parts}


numbers = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
points = st.tuples(numbers, numbers).map(list)
ids = st.sampled_from([f"id-{number}" for number in range(8)])
names = st.sampled_from(
    "pos parent order layer_locked file:pos file:file:order file:x size_mm link name type".split()
) | texts.map("~{}".format)  # names with another meaning in records, and others


def entries(required: dict[str, st.SearchStrategy[Any]], optional: dict[str, st.SearchStrategy[Any]]) -> Any:
    """Items of a file: these properties, any others, and perhaps an id."""
    known = st.fixed_dictionaries(
        required, optional={**optional, "z_value": numbers, "item_uuid": ids | st.none()}
    )
    return st.builds(lambda more, most: {**more, **most}, st.dictionaries(names, values, max_size=3), known)


items = entries(
    {},
    {
        "_type": st.sampled_from(["component", "source", "mirror", "ruler", "group", "item", ""]) | values,
        "x_mm": numbers,
        "y_mm": numbers,
        "custom_jones_ex_real": numbers,
        "custom_jones_ex_imag": numbers,
        "custom_jones_ey_real": numbers,
        "custom_jones_ey_imag": numbers,
        "angle_deg": numbers,
    },
)
rulers = entries({"points": st.lists(points, min_size=2, max_size=3)}, {})
texts_on_bench = entries(
    {},
    {
        "type": st.just("text"),
        "text": texts,
        "x": numbers,
        "y": numbers,
        "owner_uuid": ids,
        "owner_offset_x": numbers,
        "owner_offset_y": numbers,
    },
)
rectangles = entries({}, {"x": numbers, "y": numbers, "width_mm": numbers, "height_mm": numbers})
angles = entries({"vertex": points, "point1": points, "point2": points}, {})

flags = {"collapsed": st.booleans(), "visible": st.booleans(), "locked": st.booleans()}
links = st.fixed_dictionaries({"source_path": texts}, optional={"offset_x": numbers, "later": values})
group_ids = st.sampled_from(["g-0", "g-1", "g-2", "g-3"])
groups = st.fixed_dictionaries(
    {},
    optional={
        "group_uuid": group_ids,
        "name": texts,
        "item_uuids": st.lists(ids, max_size=4),
        "parent_group_uuid": group_ids,
        "collapsed": st.booleans(),
        "z_base": numbers,
        "colour": values,
    },
)
item_nodes = st.fixed_dictionaries({"uuid": ids, "type": st.just("item")}, optional=flags)
nodes = st.recursive(
    item_nodes,
    lambda inner: st.fixed_dictionaries(
        {"uuid": group_ids, "type": st.just("group"), "children": st.lists(inner, max_size=3)},
        optional={**flags, "name": texts, "link_metadata": links, "colour": values},
    ),
    max_leaves=6,
)
layer_states = st.builds(lambda nodes: {"version": 1, "nodes": nodes}, st.lists(nodes, max_size=4))

benches = st.fixed_dictionaries(
    {"version": st.just("2.0"), "items": st.lists(items, max_size=4)},
    optional={
        "rulers": st.lists(rulers, max_size=2),
        "texts": st.lists(texts_on_bench, max_size=2),
        "rectangles": st.lists(rectangles, max_size=2),
        "angle_measures": st.lists(angles, max_size=2),
        "groups": st.lists(groups, max_size=3),
        "layer_state": layer_states,
        "linked_assembly_cache": st.dictionaries(
            group_ids, st.dictionaries(texts, values, max_size=2), max_size=2
        ),
        "of a later version": values,
    },
)
"""Benches whose values look as Optiverse expects them; anything else about them may be odd."""

kinds = st.sampled_from(["component", "source", "ruler", "text", "rectangle", "group", "mirror", "item"])
properties = st.dictionaries(
    st.sampled_from(["points", "x", "interfaces", "z_value", "link", "absent_items", "layer_name"]) | names,
    values | points | ids,
    max_size=5,
)


def _placed(props: Bench, parent: Any, order: Any) -> Bench:
    return {**props, **({} if parent is None else {"parent": parent}), "order": order}


records = st.lists(
    st.builds(
        Record,
        ids,
        kinds,
        st.builds(_placed, properties, ids | st.none() | values, numbers | values),
    ),
    max_size=8,
).map(lambda several: {record.id: record for record in several})
"""Any records that participants may have put into a session, in any state."""
