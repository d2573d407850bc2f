"""The host's own tests run without the plugin and with it, and differences are reported."""

from __future__ import annotations

import importlib.util
import re
import textwrap
from pathlib import Path

import pytest

from tests.helpers.processes import python

HOST_SUITE = Path(__file__).parents[2] / "scripts" / "host_suite.py"

# A fake host, whose windows can't have a plugin.
FAKE = "class MainWindow:\n    pass\n"
PASSING = "def test_one():\n    assert True\n"
FAILING = "def test_two():\n    assert False\n"
CRASHING = "import os\ndef test_three():\n    os._exit(7)\ndef test_four():\n    pass\n"
WINDOW = """
    import pytest
    from optiverse.ui.views.main_window import MainWindow

    def test_a_window(qapp):
        assert MainWindow() is not None
"""
IS_STOCK = """
    from optiverse.ui.views.main_window import MainWindow

    def test_a_window_is_stock(qapp):
        window = MainWindow()
        assert "closeEvent" not in vars(window)
"""


def checkout(folder: Path, source: Path | None = None, **tests: str) -> Path:
    """A checkout of a host, by default a fake one, with these test files."""
    (folder / "tests").mkdir(parents=True)
    for name, text in tests.items():
        (folder / "tests" / f"test_{name}.py").write_text(textwrap.dedent(text), "utf-8")
    if source is not None:
        (folder / "src").symlink_to(source)
        return folder
    views = folder / "src" / "optiverse" / "ui" / "views"
    views.mkdir(parents=True)
    for package in (views, views.parent, views.parent.parent):
        (package / "__init__.py").touch()
    (views / "main_window.py").write_text(FAKE, "utf-8")
    return folder


def played(host: Path) -> tuple[int, list[str]]:
    """Run the script; returns the exit code and the lines."""
    with python(str(HOST_SUITE), str(host), deadline=300) as process:
        output, _ = process.communicate()
    return process.returncode, output.splitlines()


def test_outcomes_are_counted_and_a_crash_hides_no_other_test(tmp_path: Path) -> None:
    code, lines = played(checkout(tmp_path, passing=PASSING, failing=FAILING, crashing=CRASHING))
    assert lines[-3] == "without the plugin: 4 tests: 2 passed, 1 did not end, 1 failed"
    assert lines[-2] == "with the plugin:    4 tests: 2 passed, 1 did not end, 1 failed"
    assert lines[-1] == "0 main windows were made with it; 0 tests differ."
    assert code == 1  # without a window it proves nothing


def test_a_window_that_could_not_get_the_plugin_is_a_failure(tmp_path: Path) -> None:
    code, lines = played(checkout(tmp_path, window=WINDOW))
    told = "NOT ATTACHED, [12] times: Optiverse .*has no optiverse.objects.BaseObj, "
    assert any(re.match(told, line) for line in lines)
    assert code == 1


@pytest.mark.optiverse
def test_windows_get_the_plugin_and_what_differs_for_it_is_told(tmp_path: Path) -> None:
    spec = importlib.util.find_spec("optiverse")
    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin).parents[1]
    code, lines = played(checkout(tmp_path / "same", source, window=WINDOW))
    assert lines[-1] == "1 main windows were made with it; 0 tests differ."
    assert code == 0
    code, lines = played(checkout(tmp_path / "other", source, stock=IS_STOCK))
    assert "DIFFERS: tests/test_stock.py::test_a_window_is_stock: passed without, failed" in "\n".join(lines)
    assert lines[-1] == "2 main windows were made with it; 1 tests differ."
    assert code == 1
