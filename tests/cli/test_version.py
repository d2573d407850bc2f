"""``optiverse-collab version``: keeps, renames and removes versions."""

from __future__ import annotations

from optiverse_collab.core.records import Remove
from optiverse_collab.scripting import Bench
from tests.helpers.cli import fail, succeed
from tests.helpers.server_process import ServerProcess


def test_a_version_is_kept_and_used_by_its_name(server: ServerProcess, session_id: str) -> None:
    """HIST-10: wherever a command takes the number of a change."""
    there = ["--server", server.url, "--session", session_id]
    with Bench(server.url, session_id, "Ana") as bench:
        bench.put("m3", "component", {"name": "M3", "pos": [0.0, 0.0]})
    assert succeed("version", "before the lens", *there) == "Kept 'before the lens': the bench at 1.\n"
    assert succeed("version", "empty", "--at", "0", *there) == "Kept 'empty': the bench at 0.\n"
    assert succeed("version", "twin", "--at", "empty", *there) == "Kept 'twin': the bench at 0.\n"
    with Bench(server.url, session_id, "Ana") as bench:
        bench.edit([Remove("m3")])
    assert succeed("show", "Before the lens", *there).endswith("had 1 record at Before the lens.\n")
    assert succeed("diff", "empty", "before the lens", *there) == 'Added "M3"\n'
    assert succeed("diff", "before the lens", *there) == 'Removed "M3"\n'
    assert succeed("restore", "before the lens", *there) == 'Added "M3"\n'


def test_a_version_is_renamed_and_removed(server: ServerProcess, session_id: str) -> None:
    """HIST-11: by its name, or by its number."""
    there = ["--server", server.url, "--session", session_id]
    succeed("version", "first", *there)
    assert succeed("version", "second", "--rename", "first", *there) == "The version at 0 is 'second' now.\n"
    assert succeed("version", "third", "--rename", "0", *there) == "The version at 0 is 'third' now.\n"
    assert succeed("version", "third", "--remove", *there) == (
        "Removed the version 'third'; the history keeps its changes.\n"
    )
    assert "There is no version at 0;" in fail("version", "0", "--remove", *there)
    succeed("version", "a", "--at", "0", *there)
    succeed("version", "b", "--at", "0", *there)
    assert "There are several versions at 0;" in fail("version", "c", "--rename", "0", *there)


def test_a_name_that_can_not_be_is_one_sentence(server: ServerProcess, session_id: str) -> None:
    """HIST-11"""
    there = ["--server", server.url, "--session", session_id]
    succeed("version", "good", *there)
    assert fail("version", "Good", *there) == (
        "optiverse-collab: There is a version 'Good' already; choose another name, or rename that one."
    )
    assert fail("version", "  ", *there) == "optiverse-collab: A version needs a name; write a few words."
    assert "shorten it" in fail("version", "x" * 101, *there)
    assert "no such change" in fail("version", "late", "--at", "99", *there)
    assert "no version 'lost'" in fail("show", "lost", *there)
