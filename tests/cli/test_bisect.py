"""``optiverse-collab bisect``: finds the edit that broke a beam."""

from __future__ import annotations

import json
import re
import signal
import sys
from typing import Any

import pytest

from optiverse_collab.cli.main import main
from optiverse_collab.core.records import Op, Put, Remove, Set
from optiverse_collab.host import ray_engines
from optiverse_collab.host.ray_engines import ray_engine
from optiverse_collab.scripting import AsyncBench, Bench, PastSpan
from tests.helpers.cli import command, fail, succeed
from tests.helpers.processes import python
from tests.helpers.server_process import ServerProcess

LASER = {"pos": [0.0, 0.0], "n_rays": 1, "size_mm": 0.0, "ray_length_mm": 1000.0}


def upright(element: str, name: str, x: float, **more: Any) -> dict[str, Any]:
    """An upright surface of 25 mm on the beam."""
    line = {"x1_mm": 0.0, "y1_mm": 12.5, "x2_mm": 0.0, "y2_mm": -12.5, "element_type": element}
    return {"name": name, "pos": [x, 0.0], "angle_deg": 0.0, "interfaces": [line], **more}


@pytest.fixture
def there(server: ServerProcess, session_id: str) -> list[str]:
    """The options that name a session, in which Ana pushed a bench: a beam hits D1."""
    bench = [
        Put("laser", "source", LASER),
        Put("d1", "component", upright("mirror", "D1", 200.0)),
        Put("block", "component", {**upright("beam_block", "Shutter", 100.0), "pos": [100.0, 50.0]}),
    ]
    options = ["--server", server.url, "--session", session_id]
    act(options, "Ana", *bench)
    return options


def act(there: list[str], user: str, *ops: Op) -> None:
    """A step of somebody."""
    with Bench(there[1], there[3], user) as bench:
        bench.edit(ops)


def untimed(output: str) -> list[str]:
    """The lines of an output without times."""
    return [re.sub(r"^[\d-]{10} [\d:]{8}", "TIME", line) for line in output.splitlines()]


def test_edit_that_broke_the_beam_is_named(there: list[str]) -> None:
    act(there, "Ben", Set("block", {"name": "Chopper"}))
    act(there, "Ben", Set("block", {"pos": [100.0, 2.0]}))
    act(there, "Zoë", Set("block", {"name": "Shutter 2"}))
    assert untimed(succeed("bisect", "--at", "D1", *there)) == [
        'TIME  3  Ben moved "Chopper" by 48.0 mm',
        'A beam hits "D1" before this step, and none does after it.',
        f"4 steps looked at, with 4 ray traces by {ray_engine().name}.",
    ]
    found = json.loads(succeed("bisect", "--at", "d1", "--json", *there))
    [step] = found["steps"]
    assert (step["author"], step["last"], step["edits"][0][0]) == ("Ben", 3, "block")
    assert (found["verdict"], found["item"], found["traces"], found["faults"]) == ("broken", "d1", 4, [])


def test_removed_item_is_a_miss(there: list[str]) -> None:
    act(there, "Ben", Remove("d1"))
    [line, *_] = untimed(succeed("bisect", "--at", "D1", *there))
    assert line == 'TIME  2  Ben removed "D1"'


def test_beam_that_hits_needs_no_search(there: list[str]) -> None:
    assert untimed(succeed("bisect", "--at", "D1", *there)) == [
        'A beam hits "D1" now.',
        f"1 step looked at, with 1 ray trace by {ray_engine().name}.",
    ]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([], 'No beam hits "Shutter" now, and none did at any time.'),
        (["--last", "1"], "in that time. Look further back, with --since or --last."),
        (["--since", "2020-01-01"], "in that time. Look further back, with --since or --last."),
        (["--since", "2999-01-01"], "in that time. Look further back, with --since or --last."),
    ],
)
def test_beam_that_never_hit_is_no_success(there: list[str], options: list[str], sentence: str) -> None:
    act(there, "Ben", Set("d1", {"x": 1}))
    ended = command("bisect", "--at", "Shutter", *options, *there)
    assert (ended.code, ended.errors) == (1, "")
    assert sentence in ended.output


def test_dropped_history_is_said(
    there: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    whole = AsyncBench.past

    async def dropped(bench: AsyncBench, *where: Any, **since: Any) -> PastSpan:
        return (await whole(bench, *where, **since))._replace(is_whole=False)

    monkeypatch.setattr(AsyncBench, "past", dropped)
    assert main(["bisect", "--at", "Shutter", *there]) == 1
    assert "in that time. The server keeps no earlier changes." in capfd.readouterr().out


def test_unclear_items_are_explained(there: list[str]) -> None:
    act(there, "Ben", Set("block", {"name": "D1"}))
    assert "2 items are called 'D1': name one by its id, d1 or block." in fail("bisect", "--at", "D1", *there)
    assert "There is no item 'D7'" in fail("bisect", "--at", "D7", *there)


def test_untraceable_benches_are_said(
    there: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    class Engine:
        name = "Lab 1.0"

        def hits(self, records: Any, id: str) -> bool:
            if records["block"].props.get("x") in broken:
                raise ArithmeticError("no length.")
            return "x" not in records["block"].props

    monkeypatch.setattr(ray_engines, "ray_engine", Engine)
    for number in (1, 2, 3):
        act(there, "Ben", Set("block", {"x": number}))
    broken = {1, 2}
    assert main(["bisect", "--at", "D1", *there]) == 0
    printed = capfd.readouterr()
    assert "before these steps, and none does after them" in printed.out
    assert "were left out: ArithmeticError: no length.\n" in printed.err
    broken = {3}
    assert main(["bisect", "--at", "D1", *there]) == 1
    assert "The present bench can't be traced" in capfd.readouterr().err


SLOW = """
import sys, time
from optiverse_collab.cli.main import main
from optiverse_collab.host import ray_engines

class Engine:
    name = "Lab 1.0"

    def hits(self, records, id):
        print("tracing", flush=True)
        time.sleep(3600)

ray_engines.ray_engine = Engine
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a process can't send Ctrl+C to one other there")
def test_ctrl_c_ends_the_search(there: list[str]) -> None:
    with python("-c", SLOW, "bisect", "--at", "D1", *there) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "tracing\n"
        process.send_signal(signal.SIGINT)
        assert process.wait() == 130


def test_without_an_editor_one_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ray_engines, "find_spec", lambda name: None)
    assert main(["bisect", "--at", "D1"]) == 1
    [line] = capfd.readouterr().err.splitlines()
    assert "install Optiverse" in line
