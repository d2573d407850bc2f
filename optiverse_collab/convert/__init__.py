"""Optiverse 2.0 assembly files ↔ records (docs/bench-format.md).

No Qt and no editor: items of an editor are first converted to the form of a file.
"""

from optiverse_collab.convert.comparing import same_bench
from optiverse_collab.convert.copying import with_fresh_ids
from optiverse_collab.convert.equivalence import Comparison, alike, compare, differs
from optiverse_collab.convert.files import read_bench, write_bench
from optiverse_collab.convert.kinds import is_item, item_from_record, record_from_item
from optiverse_collab.convert.layers import sibling_key, tree_of
from optiverse_collab.convert.merging import additions, replacements
from optiverse_collab.convert.reading import Imported, records_from_bench
from optiverse_collab.convert.writing import bench_from_records

__all__ = [
    "Comparison",
    "Imported",
    "additions",
    "alike",
    "bench_from_records",
    "compare",
    "differs",
    "is_item",
    "item_from_record",
    "read_bench",
    "record_from_item",
    "records_from_bench",
    "replacements",
    "same_bench",
    "sibling_key",
    "tree_of",
    "with_fresh_ids",
    "write_bench",
]
