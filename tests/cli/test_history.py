"""``optiverse-collab history``: prints who did what in a session, and when."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

import pytest

from optiverse_collab.cli.history import moment
from optiverse_collab.scripting import Bench
from tests.helpers.cli import command, succeed
from tests.helpers.server_process import ServerProcess


def test_who_did_what_and_when(server: ServerProcess, session_id: str) -> None:
    """HIST-8"""
    there = ["--server", server.url, "--session", session_id]
    assert succeed("history", *there) == f"Nothing was done in session '{session_id}' in that time.\n"
    with Bench(server.url, session_id, "Ana") as bench:
        bench.put("m3", "component", {"name": "M3", "pos": [0.0, 0.0]})
    with Bench(server.url, session_id, "Ben") as bench:
        bench["m3"].move(3.0, 4.0)
    lines = succeed("history", *there).splitlines()
    assert [re.sub(r"^[\d-]{10} [\d:]{8}", "TIME", line) for line in lines] == [
        'TIME  1  Ana added "M3"',
        'TIME  2  Ben moved "M3" by 5.0 mm',
    ]
    assert succeed("history", *there, "--last", "1").splitlines() == lines[1:]
    assert succeed("history", *there, "--since", "2020-01-01").splitlines() == lines
    [_, step] = json.loads(succeed("history", *there, "--json"))
    assert (step["author"], step["last"]) == ("Ben", 2)
    [[id, before, after]] = step["edits"]
    assert (id, before["props"]["pos"], after["props"]["pos"]) == ("m3", [0.0, 0.0], [3.0, 4.0])


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--since", "25:00"], "'25:00' is no time; write 13:00, 2026-05-03 or 2026-05-03T13:00"),
        (["--last", "0"], "'0' is not a number from 1 on"),
        (["--last", "x"], "'x' is not a number from 1 on"),
        (["--last", "1", "--since", "13:00"], "not allowed with argument --last"),
    ],
)
def test_wrong_arguments_are_explained(arguments: list[str], why: str) -> None:
    ended = command("history", *arguments)
    assert ended.code == 2
    assert why in ended.errors


def test_moments_are_local_times() -> None:
    today = datetime.now().astimezone()
    assert moment("13:05").isoformat().startswith(f"{today:%Y-%m-%d}T13:05:00")
    assert moment("2026-05-03") == datetime(2026, 5, 3).astimezone()
    assert moment("2026-05-03T13:00+02:00").utcoffset() is not None
    assert moment("2026-05-03T13:00+00:00") - moment("2026-05-03T13:00+02:00") == timedelta(hours=2)
