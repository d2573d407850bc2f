"""The output of commands for programs."""

from __future__ import annotations

import json

import pytest

from optiverse_collab.cli.output import write_json
from optiverse_collab.core.records import Record


def test_records_and_values_are_json_in_utf_8(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write_json([Record("a", "k", {"name": "Zoë"}), None, (1.5, "x")])
    printed = capfdbinary.readouterr().out
    assert "Zoë".encode() in printed
    assert printed.endswith(b"\n")
    assert json.loads(printed) == [{"id": "a", "kind": "k", "props": {"name": "Zoë"}}, None, [1.5, "x"]]
