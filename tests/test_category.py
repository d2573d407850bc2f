"""The category of our lines in a host's log."""

from __future__ import annotations

import logging
import sys

import pytest

from optiverse_collab.category import LINES, log_category, note
from optiverse_collab.errors import ManifestError


def test_it_is_the_manifests() -> None:
    assert log_category() == "Collaboration"


def test_without_a_manifest_there_is_one_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def load() -> None:
        raise ManifestError("plugin.toml is missing.")

    monkeypatch.setattr("optiverse_collab.manifest.load", load)
    assert log_category() == "Collaboration"
    monkeypatch.setitem(sys.modules, "optiverse_collab.manifest", None)
    assert log_category() == "Collaboration"


def test_lines_are_for_our_own_file_alone(capfd: pytest.CaptureFixture[str]) -> None:
    heard: list[tuple[str, str]] = []
    handler = logging.Handler()
    handler.emit = lambda record: heard.append((record.levelname, record.getMessage()))  # type: ignore[method-assign]
    note("ERROR", "nobody prints this: 100 %s")
    LINES.addHandler(handler)
    note("DEBUG", "a")
    note("ERROR", "b")
    LINES.removeHandler(handler)
    assert heard == [("DEBUG", "a"), ("ERROR", "b")]
    assert capfd.readouterr() == ("", "")
