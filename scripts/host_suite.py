"""Run the host's own tests without the plugin and with it, and report differences.

    python scripts/host_suite.py ~/optiverse

The folder is a checkout of Optiverse: its `tests` are run against its `src`, file by file, each in a
separate process with a separate home folder. With the plugin, every main window that a test makes gets what
`optiverse-collab` adds. Needs pytest and pytest-qt in addition to Optiverse's dependencies. Exits with 1 if
a test differs twice, if a window could not get the plugin, or if there was no window at all.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from scripts.in_host_suite import FAULT, UNENDED, WINDOWS

SCRIPTS = Path(__file__).resolve().parent
HANGS_S = 60  # for one test
TIMEOUT_S = 1200  # for a file
ENDED_BY_ITSELF = range(6)  # pytest's own exit codes: tests failed, none collected, …


@dataclass
class Outcomes:
    """The outcomes of some tests.

    Attributes:
        tests: id of a test, or of a file that did not end → its outcome.
        places: id of a test → the place of its failure.
        windows: how many main windows got plugins.
        faults: why windows could not get them.
    """

    tests: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    windows: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, other: Outcomes) -> None:
        """Add the outcomes of others, or later ones of the same tests."""
        self.tests |= other.tests
        self.places |= other.places
        self.windows += other.windows
        self.faults += other.faults

    def of(self, id: str) -> str:
        """The outcome of one test, and the place."""
        return f"{self.tests.get(id, 'was not there')} {self.places.get(id, '')}".strip()

    def total(self) -> str:
        """The number of tests for each outcome."""
        counts = Counter(self.tests.values())
        return ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())


def run(host: Path, file: Path, with_plugins: bool) -> Outcomes:
    """Run one file of the host's tests; if one test hangs or crashes, run the others again without it."""
    outcomes = Outcomes()
    left_out: list[str] = []
    while True:
        outcomes.add(_run_once(host, file, with_plugins, left_out))
        unended = [id for id, outcome in outcomes.tests.items() if outcome == UNENDED and id not in left_out]
        if not unended:
            return outcomes
        left_out += unended


def _run_once(host: Path, file: Path, with_plugins: bool, left_out: Sequence[str]) -> Outcomes:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        notes = Path(home) / "notes"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "in_host_suite"]
        command += ["-o", f"faulthandler_timeout={HANGS_S}", "-o", "faulthandler_exit_on_timeout=true"]
        command += [f"--notes={notes}", *(["--with-plugins"] if with_plugins else []), str(file)]
        command += [f"--deselect={id}" for id in left_out]
        try:
            ended = subprocess.run(
                command,
                cwd=host,
                env=_environment(host, home),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=TIMEOUT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            sys.exit(f"{file} did not end within {TIMEOUT_S} s; run it alone to see why.")
        if not notes.exists():
            sys.exit(f"pytest did not start in {host}:\n{ended.stdout}")
        outcomes = _read(notes)
        if ended.returncode not in ENDED_BY_ITSELF and UNENDED not in outcomes.tests.values():
            outcomes.tests[f"{file}, after its last test"] = f"exit code {ended.returncode}"
        return outcomes


def _environment(host: Path, home: str) -> dict[str, str]:
    """An environment that doesn't touch the real user's files; the same with and without the plugin."""
    path = os.pathsep.join(map(str, (host / "src", SCRIPTS.parent, SCRIPTS)))
    folders = {name: f"{home}/{name}" for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
    own = {"HOME": home, "USERPROFILE": home, "PYTHONPATH": path, "QT_QPA_PLATFORM": "offscreen"}
    return {**os.environ, **folders, **own, "PYTHONDONTWRITEBYTECODE": "1"}


def _read(notes: Path) -> Outcomes:
    outcomes = Outcomes()
    for line in map(json.loads, notes.read_text("utf-8").splitlines()):
        if "test" in line:
            before = outcomes.tests.get(line["test"], UNENDED)
            # A failed teardown after a failed test is reported, too.
            both = line["outcome"] if before == UNENDED else f"{before}, {line['outcome']}"
            outcomes.tests[line["test"]] = both
            outcomes.places[line["test"]] = line.get("at", "")
        outcomes.windows += line.get(WINDOWS, 0)
        outcomes.faults += [line[FAULT]] if FAULT in line else []
    return outcomes


def run_both(host: Path, files: Iterable[Path], jobs: int) -> tuple[Outcomes, Outcomes]:
    """Run files without the plugin and with it."""
    both = Outcomes(), Outcomes()
    todo = [(file, with_plugins) for file in files for with_plugins in (False, True)]
    with ThreadPoolExecutor(jobs) as pool:
        results = pool.map(lambda one: run(host, *one), todo)
        for (file, with_plugins), outcomes in zip(todo, results, strict=True):
            both[with_plugins].add(outcomes)
            how = "with   " if with_plugins else "without"
            print(f"{how} {file}: {outcomes.total() or 'no tests'}", flush=True)
    return both


def differing(without: Outcomes, with_plugins: Outcomes) -> list[str]:
    """The tests with different outcomes, or that ran only once."""
    ids = dict.fromkeys([*without.tests, *with_plugins.tests])
    return [id for id in ids if without.of(id) != with_plugins.of(id)]


def main(argv: Sequence[str]) -> int:
    """Run, compare, and run differing files again."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("host", type=Path, help="a checkout of Optiverse, with its src and tests")
    parser.add_argument("--only", default="test_*.py", help="pattern of the names of test files")
    parser.add_argument("--jobs", type=int, default=2, help="how many files to run at a time")
    asked = parser.parse_args(argv)
    host = asked.host.resolve()
    files = sorted(path.relative_to(host) for path in (host / "tests").rglob(asked.only))
    if not files or not (host / "src").is_dir():
        sys.exit(f"There are no tests in {host}/tests beside a src; name a checkout of Optiverse.")
    without, with_plugins = run_both(host, files, asked.jobs)
    for id in differing(without, with_plugins):
        print(f"DIFFERS at first: {id}: {without.of(id)} without, {with_plugins.of(id)} with")
    again = [file for file in files if any(_is_of(id, file) for id in differing(without, with_plugins))]
    if again:
        print(f"Again, {len(again)} file(s) in which something differed:")
        for before, after in zip((without, with_plugins), run_both(host, again, asked.jobs), strict=True):
            before.add(after)
    return _report(without, with_plugins)


def _is_of(id: str, file: Path) -> bool:
    return id.startswith((f"{file.as_posix()}::", f"{file},"))


def _report(without: Outcomes, with_plugins: Outcomes) -> int:
    differs = differing(without, with_plugins)
    for id in differs:
        print(f"DIFFERS: {id}: {without.of(id)} without, {with_plugins.of(id)} with")
    for fault, count in Counter(with_plugins.faults).items():
        print(f"NOT ATTACHED, {count} times: {fault[:300]}")
    print(f"without the plugin: {len(without.tests)} tests: {without.total()}")
    print(f"with the plugin:    {len(with_plugins.tests)} tests: {with_plugins.total()}")
    print(f"{with_plugins.windows} main windows were made with it; {len(differs)} tests differ.")
    return 1 if differs or with_plugins.faults or not with_plugins.windows else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
