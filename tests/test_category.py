"""The category of our lines in a host's log."""

from __future__ import annotations

import sys

import pytest

from optiverse_collab.category import log_category
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
