"""docs/protocol.md matches the code: its rules are tested, and its example exchange is real."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from optiverse_collab.core.protocol.message import Message
from optiverse_collab.core.protocol.messages import ClientMessage, ServerMessage
from optiverse_collab.core.records import Put, Set
from tests.helpers.replicas import use_held
from tests.helpers.wire import Peer, Wire

ROOT = Path(__file__).parents[2]
PROTOCOL = (ROOT / "docs" / "protocol.md").read_text("utf-8")
RULES = dict(re.findall(r"^- \*\*([A-Z]+-\d+)\*\* (.*?)(?=^- |^$)", PROTOCOL, re.MULTILINE | re.DOTALL))
"""Number → text of each rule."""

KINDS = "|".join({rule.partition("-")[0] for rule in RULES})
CITATION = re.compile(rf"\b({KINDS})-(\d+)\b(?: to (?:{KINDS})-(\d+)\b)?")


def cited(text: str) -> set[str]:
    """The rules that a text cites; ``PUSH-1 to PUSH-3`` cites three."""
    return {
        f"{kind}-{number}"
        for kind, first, last in CITATION.findall(text)
        for number in range(int(first), int(last or first) + 1)
    }


def docstrings_of_tests() -> Iterator[str]:
    """The docstrings of the tests and their modules."""
    for path in (ROOT / "tests").rglob("test_*.py"):
        module = ast.parse(path.read_text("utf-8"))
        yield ast.get_docstring(module) or ""
        for node in ast.walk(module):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield ast.get_docstring(node) or ""


def exchange() -> list[str]:
    """Two people and one lens: they edit together, conflict, edit alone, come back, and use a held edit."""
    wire, ann, bob = Wire(), Peer("ann", "client-a"), Peer("bob", "client-b")
    wire.now_ms = 1_740_832_496_000
    wire.connect(ann)
    ann.edit(Put("lens-1", "component", {"name": "Lens", "pos": [100.0, 0.0], "angle_deg": 90.0}))
    wire.settle()
    wire.connect(bob)
    bob.session.show({"cursor": [98.5, 2.0], "selection": ["lens-1"]})
    wire.settle()
    ann.edit(Set("lens-1", {"pos": [110.0, 0.0]}))
    bob.edit(Set("lens-1", {"pos": [120.0, 0.0]}))
    wire.settle()
    wire.lose(bob)
    wire.settle()
    ann.replica.edit([Set("lens-1", {"pos": [130.0, 0.0]})], step="drag-1")
    ann.replica.edit([Put("mirror-1", "component", {"name": "Mirror", "pos": [0.0, 50.0]})], step="drop-1")
    bob.edit(Set("lens-1", {"pos": [90.0, 0.0], "angle_deg": 45.0}))
    wire.settle()
    wire.connect(bob)
    use_held(bob.replica, "lens-1")
    wire.settle()
    bob.do(bob.session.poll(wire.now_ms + 30_000))
    wire.settle()
    return wire.recorded


def test_documented_exchange_is_what_goes_over_the_wire() -> None:
    block = PROTOCOL.split("## One exchange", 1)[1].split("```json\n", 1)[1].split("\n```", 1)[0]
    assert block.splitlines() == exchange()


def test_every_rule_is_cited_by_a_test() -> None:
    assert RULES.keys() - cited("\n".join(docstrings_of_tests())) == set()


@pytest.mark.parametrize("folder", ["optiverse_collab", "server", "tests", "benchmarks"])
def test_nothing_cites_a_rule_that_is_not_there(folder: str) -> None:
    for path in (ROOT / folder).rglob("*.py"):
        assert cited(path.read_text("utf-8")) - RULES.keys() == set(), path


@pytest.mark.parametrize("message", [*get_args(ClientMessage), *get_args(ServerMessage)])
def test_each_message_cites_the_rule_that_describes_it(message: type[Message]) -> None:
    tag = str(message.__struct_config__.tag)
    described = {rule for rule, text in RULES.items() if f'"{tag}"' in text or f"`{tag}`" in text}
    assert cited(message.__doc__ or "") & described
