"""How much of the code the unit tests reach, branch by branch.

Each room's tests run once more, under coverage and in a process of their own: what other tests reach by the
way doesn't count. `pytest tests/test_coverage.py -rP` shows the figures.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import pytest
from coverage import Coverage

from tests.helpers.nats_server import PROGRAM
from tests.helpers.processes import Ended, run_python
from tests.test_mirror import SOURCES, TESTS, subject

pytestmark = pytest.mark.takes_minutes

ROOT = Path(__file__).parent.parent
LEAST = {"optiverse_collab/convert": 95, "server/optiverse_collab_server": 95}
"""Folder of the sources -> the share of lines and branches, in percent, that its tests reach."""

BREAK_OFF = (
    "tests/server/access/test_file_crash.py",
    "tests/server/cli/test_serve_hygiene.py",
    "tests/server/storage/test_crash.py",
    "tests/server/storage/test_sqlite_power_cuts.py",
)
"""They don't count here: for minutes, they kill processes or repeat what other tests do."""

UNREACHED = [] if PROGRAM else ["*/cluster/*", "*/storage/jetstream/*"]
"""Where there is no NATS server, the tests of that store are skipped."""

ROOMS = {
    "optiverse_collab/core": ["tests/core", "--ignore=tests/core/simulation"],
    "optiverse_collab/convert": ["tests/convert"],
    "server/optiverse_collab_server": ["tests/server", *(f"--ignore={path}" for path in BREAK_OFF)],
}
"""Folder of the sources -> the folder of its tests."""


class Measured:
    """The code that the tests of a room reached.

    Args:
        ended: how their run ended.
        data: what coverage wrote of it.
    """

    def __init__(self, ended: Ended, data: Path) -> None:
        assert ended.code == 0, ended.output + ended.errors
        self._data = data

    def report(self, include: Path, tests: Sequence[str] | None = None) -> tuple[float, str]:
        """The share that was reached, in percent, and a table of what was missed.

        Args:
            include: a file, or a folder with all its files.
            tests: patterns of the tests' files that count; all if not given.
        """
        coverage = Coverage(data_file=str(self._data), config_file=str(ROOT / "pyproject.toml"))
        coverage.load()
        table = io.StringIO()
        total = coverage.report(
            include=[str(include / "*") if include.is_dir() else str(include)],
            omit=UNREACHED,
            contexts=None if tests is None else ["^$", *tests],  # "^$": what importing reached
            file=table,
        )
        return total, table.getvalue()


Measure = Callable[[str], Measured]
"""The code that the tests of a room reached, by the folder of its sources."""

CORE = pytest.mark.xdist_group("coverage of the core")
"""One process measures for all these tests."""


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measure:
    """Measure each room once."""
    folder = tmp_path_factory.mktemp("coverage")

    @cache
    def measure(sources: str) -> Measured:
        data = folder / sources.replace("/", ".")
        run = ["-m", "coverage", "run", f"--rcfile={ROOT / 'pyproject.toml'}", f"--data-file={data}"]
        plugins = ["-p", "tests.helpers.coverage_contexts", "-p", "no:cacheprovider"]
        own_folder = f"--basetemp={data}.tmp"  # they would clean up the same file at the same time
        options = ["-q", own_folder, *plugins, "--hypothesis-profile=the same few"]
        tests = ["-m", "pytest", *options, *ROOMS[sources]]
        return Measured(run_python(*run, f"--source={ROOT / sources}", *tests, deadline=560), data)

    return measure


@CORE
def test_core_modules_are_reached_by_their_own_tests(measured: Measure) -> None:
    """All of each module, by the files that `tests.test_mirror` counts as its tests."""
    gaps: list[str] = []
    for module in sorted(SOURCES):
        if module.startswith("optiverse_collab/core/"):
            own = [f"^{re.escape(test)}$" for test in TESTS if subject(test, SOURCES) == module]
            total, table = measured("optiverse_collab/core").report(ROOT / module, own)
            if total < 100:
                gaps.append(table.splitlines()[2])
    assert not gaps, "\n".join(gaps)


@pytest.mark.parametrize(("sources", "least"), LEAST.items())
def test_unit_tests_reach_nearly_everything(measured: Measure, sources: str, least: float) -> None:
    total, table = measured(sources).report(ROOT / sources)
    print(table)  # noqa: T201 - for whoever asks for it
    assert total >= least, table


@CORE
def test_what_other_tests_reach_does_not_count(measured: Measure) -> None:
    text = ROOT / "optiverse_collab" / "core" / "text.py"
    total, table = measured("optiverse_collab/core").report(text, [r"^tests/core/test_throttle\.py$"])
    assert total < 100
    assert "text.py" in table
