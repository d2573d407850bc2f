"""The table of settings is complete."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from optiverse_collab_server.config.settings import TABLE, Settings

OPERATIONS = Path(__file__).parents[3] / "docs" / "operations.md"


def test_table_has_every_setting() -> None:
    assert list(TABLE) == [setting.name for setting in fields(Settings)]


@pytest.mark.parametrize("name", TABLE)
def test_each_has_a_help_and_a_default_that_it_accepts(name: str) -> None:
    kind, help = TABLE[name]
    default = getattr(Settings, name)
    assert help
    assert not help.endswith(".")
    assert default is None or kind.take(default) == default


def test_the_page_about_operations_lists_each_with_its_default() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (\S+) \|", OPERATIONS.read_text("utf-8"), re.MULTILINE)
    shown = {name: default.strip("`") for name, default in rows}
    for name in TABLE:
        default = getattr(Settings, name)
        expected = "" if default is None else str(default).lower() if default is False else str(default)
        assert shown[name.replace("_", "-")] == (expected or "none")
