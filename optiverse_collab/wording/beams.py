"""Which edit broke a beam, in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from optiverse_collab.core.client.bisection import Finding, Verdict
from optiverse_collab.core.client.past_steps import PastStep
from optiverse_collab.core.text import printable
from optiverse_collab.wording.history import step_lines
from optiverse_collab.wording.numbers import counted
from optiverse_collab.wording.timeline import author, deed

FIND = "&Find the edit that broke this beam"
NO_HISTORY = "Nothing was done in this session yet, so no edit can have broken a beam."

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


def notice(found: Finding, item: str, has_older: bool) -> str:
    """The result for a window: ``Ana moved "M3" by 3.2 mm: a beam hit "D1" before that, and none has since.``

    Args:
        found: the result.
        item: the item's title.
        has_older: whether there are changes that were not looked at.
    """
    if found.verdict is Verdict.UNKNOWN:
        return unknown(found.faults)
    if found.verdict is Verdict.HITS:
        return f"A beam hits {item} now."
    if found.verdict is Verdict.NEVER_HIT:
        look = " Read older changes in the timeline, and look again." if has_older else ""
        return f"No beam hits {item} now, and none did after any of the changes.{look}"
    last = found.steps[-1]
    what = f"{author(last)} {deed(last)}"
    if len(found.steps) == 1:
        return f"{what}: a beam hit {item} before that, and none does after it."
    others = counted(len(found.steps) - 1, "step")
    return f"{what}. This or one of the {others} before broke the beam to {item}. {untraced(found.faults)}"


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
