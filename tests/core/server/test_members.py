"""What people in a room are called: MSG-2 of docs/protocol.md."""

from __future__ import annotations

from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.core.server.members import Member, free_name


def members(*names: str) -> list[Member]:
    """Those who are in already."""
    return [Member(name, Participant(name, f"c{number}", "t")) for number, name in enumerate(names)]


def test_free_name_is_as_wanted() -> None:
    assert free_name("ann", []) == "ann"
    assert free_name("ann", members("bob", "Ann")) == "ann"


def test_name_that_is_taken_gets_a_number() -> None:
    """MSG-2"""
    assert free_name("ann", members("ann")) == "ann (2)"
    assert free_name("ann", members("ann (2)", "ann")) == "ann (3)"
    assert free_name("ann", members("ann", "ann (3)")) == "ann (2)"
