"""``optiverse-collab merge``: a copy that was mailed and edited elsewhere comes back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from optiverse_collab.convert import read_bench, write_bench
from optiverse_collab.core.records import Remove
from optiverse_collab.scripting import Bench
from tests.helpers.cli import SMALL, UTF_8, command, fail, succeed
from tests.helpers.server_process import ServerProcess

Edit = Callable[[dict[str, Any]], None]


@pytest.fixture
def there(server: ServerProcess, session_id: str) -> list[str]:
    """The session, with a bench and two changes."""
    there = ["--server", server.url, "--session", session_id]
    succeed("push", SMALL, *there)
    return there


@pytest.fixture
def lab(server: ServerProcess, session_id: str, there: list[str]) -> Bench:
    """A script in the session."""
    return Bench(server.url, session_id, "Ben")


def one_step(lab: Bench, clock: int) -> set[str]:
    """The ids of what was changed since, which must be one step."""
    lab.flush()
    [step] = [step for step in lab.history(clock) if step.edits]
    return {id for id, *_ in step.edits}


def items(bench: dict[str, Any]) -> list[dict[str, Any]]:
    """The components of a file, by name."""
    return sorted(bench["items"], key=lambda item: (item["name"], item["item_uuid"]))


def taken(path: Path, there: list[str], edit: Edit) -> str:
    """A copy of the session, edited."""
    succeed("pull", str(path), *there)
    bench = read_bench(path)
    edit(bench)
    write_bench(path, bench)
    return str(path)


def test_each_side_keeps_its_edits(lab: Bench, there: list[str], tmp_path: Path) -> None:
    """SEEN-5: the user's edits are one step, and yield."""
    first, second, third, *_ = ids = [item["item_uuid"] for item in items(read_bench(SMALL))]
    name = json.dumps(items(read_bench(SMALL))[0]["name"])

    def edit(bench: dict[str, Any]) -> None:
        of = {item["item_uuid"]: item for item in bench["items"]}
        of[first].update(x_mm=1.0, y_mm=2.0)
        of[second].update(x_mm=3.0, y_mm=4.0)
        bench["items"].remove(of[third])
        bench["items"].append({**of[ids[3]], "item_uuid": "new", "name": "New lens"})

    with lab:
        lab[ids[4]].move(50.0, 60.0)
        lab.flush()
        path = taken(tmp_path / "copy.json", there, edit)
        lab[second].move(7.0, 8.0)
        lab[ids[5]].move(70.0, 80.0)
        lab.flush()
        before = lab.clock
        tried = command("merge", path, "--dry-run", *there, **UTF_8)
        assert lab.clock == before
        ended = command("merge", path, *there, **UTF_8)
        assert one_step(lab, before) == {first, third, "new"}
        assert (lab[first]["pos"], lab[second]["pos"], lab[ids[4]]["pos"]) == ([1, 2], [7, 8], [50, 60])
        assert third not in lab
        assert lab["new"]["name"] == "New lens"
        again = command("merge", path, *there, **UTF_8)
        assert (again.errors, again.output.splitlines()[1]) == (ended.errors, "0 changes, 1 conflict:")
    assert (ended.code, tried.code) == (1, 1)
    first_line, counts, *changes = ended.output.splitlines()
    pattern = r"Copy left the session on [MTWFS][a-z]+day \d{4}-\d\d-\d\d at \d\d:\d\d \(sure\)\."
    assert re.fullmatch(pattern, first_line)
    assert counts == "3 changes, 1 conflict:"
    assert f"{name}: position" in "\n".join(changes)
    assert "→ (1.0, 2.0) mm" in "\n".join(changes)
    assert '"New lens": added' in changes
    [conflict] = ended.errors.splitlines()
    assert conflict.startswith("✗ Ben moved ")
    assert conflict.endswith("to (7.0, 8.0) mm while you were away; your (3.0, 4.0) mm was not applied.")
    assert (tried.errors, tried.output) == (
        ended.errors,
        f"{ended.output}This was a dry run: nothing was changed.\n",
    )


def test_an_unchanged_copy_changes_nothing(lab: Bench, there: list[str], tmp_path: Path) -> None:
    path = taken(tmp_path / "copy.json", there, lambda bench: None)
    with lab:
        [first, *_] = [item["item_uuid"] for item in items(read_bench(SMALL))]
        lab[first].move(50.0, 60.0)
    lines = succeed("merge", path, *there).splitlines()
    assert lines[1:] == ["There is nothing to merge: the session has all of it."]


def test_edits_of_what_was_removed_are_reported(lab: Bench, there: list[str], tmp_path: Path) -> None:
    first, second, *_ = (item["item_uuid"] for item in items(read_bench(SMALL)))

    def edit(bench: dict[str, Any]) -> None:
        for item in bench["items"]:
            if item["item_uuid"] in (first, second):
                item["name"] = "Mine"

    path = taken(tmp_path / "copy.json", there, edit)
    with lab:
        lab.edit([Remove(first)])
    ended = command("merge", path, *there, **UTF_8)
    assert (ended.code, ended.output.splitlines()[1]) == (1, "1 change, 1 conflict:")
    assert ended.errors == '✗ Ben removed "Mine" while you were away; your name "Mine" was not applied.\n'


def test_what_is_no_copy_of_the_session_is_refused(there: list[str], tmp_path: Path) -> None:
    """Another session's file, one whose items got new ids, and a session without anything."""

    def lose_ids(bench: dict[str, Any]) -> None:
        bench["items"] = [{**item, "item_uuid": f"fresh {n}"} for n, item in enumerate(bench["items"])]
        bench.update(rulers=[], texts=[], rectangles=[], path_measures=[])

    path = taken(tmp_path / "copy.json", there, lose_ids)
    assert "No item of this copy was ever in the session" in fail("merge", path, *there)
    assert "No item of this copy" in fail("merge", SMALL, *there[:2], "--session", f"{there[-1]} empty")
    assert "shares no item" in fail("merge", path, "--ancestor", "1", *there)
    assert "has no moment 99" in fail("merge", SMALL, "--ancestor", "99", *there)
    assert "There is no file" in fail("merge", str(tmp_path / "nowhere.json"), *there)


def test_an_unsure_ancestor_must_be_named(lab: Bench, there: list[str], tmp_path: Path) -> None:
    """A copy that lacks most of the bench."""

    def keep_two(bench: dict[str, Any]) -> None:
        del bench["items"][2:]

    path = taken(tmp_path / "copy.json", there, keep_two)
    sentence = fail("merge", path, *there)
    assert "It is not sure when this copy left the session, so nothing was changed." in sentence
    [clock] = re.findall(r"The nearest moment is (\d+)", sentence)
    lines = succeed("merge", path, "--ancestor", clock, *there).splitlines()
    assert lines[0].endswith("(as you say).")
    with lab:
        assert sum(record.kind == "component" for record in lab.records.values()) <= 2
