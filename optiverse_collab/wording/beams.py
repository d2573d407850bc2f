"""Which edit broke a beam, in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from optiverse_collab.core.client.bisection import Verdict
from optiverse_collab.core.client.past_steps import PastStep
from optiverse_collab.core.text import printable
from optiverse_collab.wording.history import step_lines
from optiverse_collab.wording.numbers import counted

NEVER = "No beam hits {item} now, and none did at any time."
NOT_THEN = "No beam hits {item} now, and none did in that time. Look further back, with --since or --last."
NOT_KEPT = "No beam hits {item} now, and none did in that time. The server keeps no earlier changes."


def lines(verdict: Verdict, item: str, culprits: Sequence[PastStep], never: str) -> list[str]:
    """The steps that broke the beam, as in the history, and a sentence.

    Args:
        verdict: any but `UNKNOWN`.
        item: what the user calls it.
        culprits: the steps.
        never: the sentence if no beam hit the item.
    """
    name = f'"{printable(item)}"'
    told = [line for step in culprits for line in step_lines(step)]
    if verdict is Verdict.HITS:
        return [f"A beam hits {name} now."]
    if verdict is Verdict.NEVER_HIT:
        return [never.format(item=name)]
    if len(culprits) == 1:
        return [*told, f"A beam hits {name} before this step, and none does after it."]
    why = "the benches between can't be traced"
    return [*told, f"A beam hits {name} before these steps, and none does after them; {why}."]


def effort(steps: int, traces: int, engine: str) -> str:
    """``213 steps looked at, with 9 ray traces by Optiverse 0.3.4.``"""
    return f"{counted(steps, 'step')} looked at, with {counted(traces, 'ray trace')} by {engine}."


def untraced(faults: Sequence[str]) -> str:
    """Why benches can't be traced, in one sentence."""
    return f"Some benches can't be traced, and were left out: {_joined(faults)}."


def unknown(faults: Sequence[str]) -> str:
    """Why there is no answer."""
    return f"The present bench can't be traced, so there is nothing to compare with: {_joined(faults)}."


def _joined(faults: Sequence[str]) -> str:
    return printable("; ".join(faults)).rstrip(".")
