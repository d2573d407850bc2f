"""Commits and the public repository are checked with the commands that `make` runs here."""

from __future__ import annotations

import re
from pathlib import Path

from tests.test_project import PYTHONS, make_targets

ROOT = Path(__file__).parent.parent
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
HOOKS = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
COMMANDS = (ROOT / ".ci" / "run").read_text("utf-8")
WORKFLOWS = sorted((ROOT / ".github" / "workflows").iterdir())
WORKFLOW = WORKFLOWS[0].read_text("utf-8")


def recipe(target: str) -> list[str]:
    """The commands of a target, as a shell receives them."""
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert found is not None
    return [line.replace("$(RUN)", "python3 scripts/bootstrap.py run") for line in found[1].split("\n\t")]


def test_the_hooks_run_what_make_lint_runs() -> None:
    entries = re.findall(r"^ +entry: (.*)$", HOOKS, re.MULTILINE)
    assert entries == [command.strip() for command in recipe("lint")]
    assert HOOKS.count("pass_filenames: false") == len(entries)


def test_the_output_ends_with_the_summary_of_the_tests() -> None:
    """A loss of speed is shown before it, and is no failure."""
    *_, ratio, test = COMMANDS.splitlines()
    assert ratio.startswith("make benchmark-ratio || ")
    assert test == "make test"


def test_there_is_one_workflow_and_it_may_only_read() -> None:
    assert [path.name for path in WORKFLOWS] == ["ci.yml"]
    assert "\npermissions:\n  contents: read\n" in WORKFLOW
    assert WORKFLOW.count("permissions:") == 1
    assert WORKFLOW.count("persist-credentials: false") == WORKFLOW.count("uses: actions/checkout@")


def test_the_workflow_runs_targets_of_the_makefile() -> None:
    named = re.findall(r"run: (make .*)$", WORKFLOW, re.MULTILINE)
    assert {"make lint", "make test", "make dist"} <= set(named)
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    assert make_targets("```\n" + "\n".join(named) + "\n```") <= targets


def test_each_action_is_pinned_to_a_commit() -> None:
    """A tag can be moved; the comment names the version of the commit."""
    actions = re.findall(r"uses: (.*)$", WORKFLOW, re.MULTILINE)
    assert actions
    for action in actions:
        assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", action)


def test_the_oldest_and_the_newest_python_are_tried() -> None:
    [versions] = re.findall(r"^ +python: \[(.*)\]$", WORKFLOW, re.MULTILINE)
    tried = versions.replace('"', "").split(", ")
    assert set(tried) <= set(PYTHONS)
    assert (tried[0], tried[-1]) == (PYTHONS[0], PYTHONS[-1])
