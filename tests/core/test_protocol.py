"""docs/protocol.md keeps up with the code: its rules are tested, its exchange is a real one."""

from __future__ import annotations

import re
from pathlib import Path

from optiverse_collab.core.records import Put, Remove, Set
from tests.helpers.wire import Peer, Wire

ROOT = Path(__file__).parents[2]
PROTOCOL = (ROOT / "docs" / "protocol.md").read_text("utf-8")
RULE = re.compile(r"\b[A-Z]{2,5}-\d+\b")


def cited(folder: str) -> set[str]:
    """The rules that the Python files below `folder` speak of; ``PUSH-1 to PUSH-3`` is three."""
    found: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        text = path.read_text("utf-8")
        found.update(RULE.findall(text))
        for name, first, last in re.findall(r"([A-Z]{2,5})-(\d+) to [A-Z]{2,5}-(\d+)", text):
            found.update(f"{name}-{n}" for n in range(int(first), int(last) + 1))
    return found


def exchange() -> list[str]:
    """Two people, one lens: join, edit, meet, lose the connection, come back."""
    wire, ann, bob = Wire(), Peer("ann", "client-a"), Peer("bob", "client-b")
    wire.now_ms = 1_740_832_496_000
    wire.connect(ann)
    ann.edit(Put("lens-1", "component", {"name": "Lens", "pos": [100.0, 0.0], "angle_deg": 90.0}))
    wire.settle()
    wire.connect(bob)
    bob.session.show({"cursor": [98.5, 2.0], "selection": ["lens-1"]})
    wire.settle()
    ann.edit(Set("lens-1", {"pos": [120.0, 0.0]}))
    wire.settle()
    wire.lose(bob)
    wire.settle()
    ann.edit(Remove("lens-1"))
    ann.edit(Put("mirror-1", "component", {"name": "Mirror", "pos": [0.0, 50.0]}))
    bob.edit(Set("lens-1", {"angle_deg": 45.0}))
    wire.settle()
    wire.connect(bob)
    bob.do(bob.session.poll(wire.now_ms + 30_000))
    wire.settle()
    return wire.recorded


def test_documented_exchange_is_what_goes_over_the_wire() -> None:
    block = PROTOCOL.split("## One exchange", 1)[1].split("```json\n", 1)[1].split("\n```", 1)[0]
    assert block.splitlines() == exchange()


def test_every_rule_is_cited_by_a_test() -> None:
    rules = set(re.findall(r"^- \*\*([A-Z]+-\d+)\*\*", PROTOCOL, re.MULTILINE))
    assert rules - cited("tests") == set()


def test_nothing_cites_a_rule_that_is_not_there() -> None:
    rules = set(re.findall(r"^- \*\*([A-Z]+-\d+)\*\*", PROTOCOL, re.MULTILINE))
    names = {rule.split("-")[0] for rule in rules}
    for folder in ("optiverse_collab", "server", "tests"):
        assert {rule for rule in cited(folder) if rule.split("-")[0] in names} - rules == set()
