"""The content of the pages of an answer to a ``sync:request`` (SYNC-2, SYNC-3)."""

from __future__ import annotations

from optiverse_collab.core.records import Record, Remove, Set

By = int | dict[str, int] | None
"""Who set a record's properties: an index into `Pages.authors` for all, or one for each name."""


class PageRecord(Record, frozen=True):
    """A complete record of a page.

    Attributes:
        by: the authors, if the replica held something when it asked.
    """

    by: By = None


class PageSet(Set, frozen=True, tag_field="op", tag="set"):
    """The properties of a record that changed since the replica's position."""

    by: By = None


class PageRemove(Remove, frozen=True, tag_field="op", tag="remove", omit_defaults=True):
    """A record that was removed since the replica's position."""

    by: By = None
