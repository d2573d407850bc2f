"""The part of docs/faults.md about the cells."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.faults.cells import FAULTS, Phase
from tests.faults.play import Outcome

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"


def table(outcomes: Sequence[Outcome]) -> str:
    """A row for each fault, a column for each phase, and the problems."""
    found = {(outcome.cell.fault.name, outcome.cell.phase): outcome for outcome in outcomes}
    lines = ["| | " + " | ".join(phase.value for phase in Phase) + " |", "|---" * (len(Phase) + 1) + "|"]
    for fault in FAULTS:
        fields = [_field(found.get((fault.name, phase))) for phase in Phase]
        lines.append(f"| {fault.name} | " + " | ".join(fields) + " |")
    wrong = [f"- {outcome.cell}: {problem}" for outcome in outcomes for problem in outcome.problems]
    if outcomes:
        lines += ["", *(wrong or ["Nothing went wrong in any of them."])]
    return "\n".join(lines)


def legend() -> str:
    """The description of each fault."""
    return "\n".join(f"- **{fault.name}**: {fault.what}" for fault in FAULTS)


def _field(outcome: Outcome | None) -> str:
    if outcome is None:
        return "not run"
    told = "" if outcome.told_s is None else f"told {_seconds(outcome.told_s)}, "
    back = "not back" if outcome.back_s is None else f"back {_seconds(outcome.back_s)}"
    return f"{told}{back}{' ✗' if outcome.problems else ''}"


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s"
