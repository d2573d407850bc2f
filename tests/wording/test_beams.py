"""Which edit broke a beam, in words."""

from __future__ import annotations

from optiverse_collab.core.client.bisection import Finding, Verdict
from optiverse_collab.core.client.past_steps import PastStep
from optiverse_collab.core.records import Record
from optiverse_collab.wording.beams import NEVER, NOT_THEN, effort, lines, notice, unknown, untraced

M3 = Record("m3", "component", {"name": "M3"})


def step(clock: int) -> PastStep:
    """A removal of M3."""
    return PastStep(clock, clock, 0, 0, "Ana", "", (("m3", M3, None),))


def test_culprit_is_a_line_of_the_history_and_a_sentence() -> None:
    line, sentence = lines(Verdict.BROKEN, "D1", [step(7)], NEVER)
    assert line.endswith('  7  Ana removed "M3"')
    assert sentence == 'A beam hits "D1" before this step, and none does after it.'


def test_several_suspects_are_all_listed() -> None:
    *suspects, sentence = lines(Verdict.BROKEN, "D1\n", [step(7), step(8)], NEVER)
    assert [suspect.split("  ")[1] for suspect in suspects] == ["7", "8"]
    before, why = sentence.split("; ")
    assert before == 'A beam hits "D1\\n" before these steps, and none does after them'
    assert why == "the benches between can't be traced."


def test_no_culprit_is_a_sentence() -> None:
    assert lines(Verdict.HITS, "D1", [], NEVER) == ['A beam hits "D1" now.']
    assert lines(Verdict.NEVER_HIT, "D1", [], NOT_THEN) == [
        'No beam hits "D1" now, and none did in that time. Look further back, with --since or --last.'
    ]


def test_what_the_search_cost_is_said() -> None:
    assert effort(213, 9, "Lab 1.0") == "213 steps looked at, with 9 ray traces by Lab 1.0."
    assert effort(1, 1, "Lab 1.0") == "1 step looked at, with 1 ray trace by Lab 1.0."


def test_faults_of_the_engine_are_named() -> None:
    assert untraced(["TypeError: x", "no\x00."]) == (
        "Some benches can't be traced, and were left out: TypeError: x; no\\x00."
    )
    assert unknown(["x"]) == "The present bench can't be traced, so there is nothing to compare with: x."


def finding(verdict: Verdict, *steps: PastStep, faults: tuple[str, ...] = ()) -> Finding:
    return Finding("d1", verdict, list(steps), 3, list(faults))


def test_notices() -> None:
    """Each says what happened, and what to do if more can be done."""
    assert notice(finding(Verdict.HITS), '"D1"', True) == 'A beam hits "D1" now.'
    never = 'No beam hits "D1" now, and none did after any of the changes.'
    assert notice(finding(Verdict.NEVER_HIT), '"D1"', False) == never
    assert notice(finding(Verdict.NEVER_HIT), '"D1"', True).startswith(f"{never} Read older changes")
    broken = 'Ana removed "M3": a beam hit "D1" before that, and none does after it.'
    assert notice(finding(Verdict.BROKEN, step(7)), '"D1"', True) == broken
    several = notice(finding(Verdict.BROKEN, step(7), step(8), faults=("ValueError: no",)), '"D1"', True)
    assert several.startswith('Ana removed "M3". This or one of the 1 step before broke the beam to "D1". ')
    assert several.endswith(untraced(["ValueError: no"]))
    assert notice(finding(Verdict.UNKNOWN, faults=("ValueError: no",)), '"D1"', True) == unknown(
        ["ValueError: no"]
    )
