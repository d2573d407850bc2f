"""Versions are no records for those who count them."""

from __future__ import annotations

from optiverse_collab.core.records import Lane, Record
from optiverse_collab_server.cli.counting import Counts

LENS, NOTE = Record("lens", "component", {}), Record("note", "comment", {}, Lane.TALK)
VERSION = Record("v", "version", {}, Lane.META)


def test_versions_are_counted_apart() -> None:
    """HIST-10"""
    assert Counts.of([LENS, VERSION, NOTE, VERSION]) == (2, 2)
    assert str(Counts.of([LENS, VERSION, NOTE])) == "2 record(s), 1 version(s)"
    assert str(Counts.of([LENS])) == "1 record(s)"
