"""Thousands of histories in which nothing may go wrong, and those that once went wrong."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.core.simulation import replay, soak
from tests.core.simulation.run import Failed, run, run_seed, shrink
from tests.core.simulation.scenario import from_json, to_json
from tests.core.simulation.server_mutations import SERVER_MUTATIONS

# One process runs the histories for all of these tests.
pytestmark = [pytest.mark.takes_minutes, pytest.mark.xdist_group("histories")]

HISTORIES = 2000
"""How many histories of `run.STEPS` steps the suite runs; ``make soak`` runs more."""

PINNED = sorted((Path(__file__).parents[2] / "data" / "simulation").glob("*.json"))

HAPPENS = {
    "commit": 10_000,
    "rebase": 500,
    "discard": 1_000,
    "duplicate": 200,
    "record_too_large": 20,
    "too_large": 10,
    "session_full": 500,
    "edits refused, record_too_large": 100,
    "edits refused, too_large": 100,
    "edits refused, not_allowed": 900,
    "edits that wait for a right": 180,
    "denials heard": 30,
    "edits undone": 2_000,
    "told: gone": 2_500,
    "told: held": 10_000,
    "told: refused": 1_400,
    "told: replaced mine": 800,
    "told: replaced theirs": 1_000,
    "told: bench replaced": 3_500,
    "deltas": 2_000,
    "full states": 2_000,
    "unasked pages": 3_000,
    "replicas forgotten": 250,
    "told: forgotten": 50,
    "names forgotten": 2,
    "pages behind the records": 5_000,
    "pages that were not the last": 2_000,
    "pages that may be longer": 600,
    "pages that must be shorter": 400,
    "records longer than a page": 3_000,
    "takeovers": 500,
    "late messages": 200,
    "messages after a takeover": 30,
    "pushes sent twice": 200,
    "client restarts": 1_000,
    "server restarts": 200,
    "crashes": 500,
    "crashes that lost something": 100,
    "versions kept, day": 900,
    "versions kept, removal": 400,
    "versions kept, sweep": 800,
    "snapshots": 300,
    "messages while a snapshot was built": 100,
    "compactions": 150,
    "prunings": 65,
    "state hashes": 5_000,
    "frames lost": 50,
    "missing clocks": 30,
    "replicas damaged": 100,
    "differing hashes": 80,
    "histories replaced": 50,
    "backups restored": 80,
    "backups learned of": 5,
    "older copies restored": 35,
    "presence told with a goodbye": 240,
    "hosts that left": 90,
    "connections lost: host left": 45,
    "attempts repeated: host left": 10,
    "windows that got narrower": 50,
    "windows that got wider": 1_700,
    "pushes that waited for an answer": 600,
    "presence on a slow line": 130,
    "writes": 5_000,
    "kills": 500,
    "torn writes": 100,
    "power cuts": 350,
    "power cuts that lost something": 150,
    "disks that failed": 75,
    "disks that work again": 120,
    "clones": 70,
    "held edits dismissed": 60,
    "epoch changes met": 100,
    "session full": 500,
    "waits": 4_000,
    "waits cut short": 400,
    "given up": 2_000,
    "left": 1_000,
    "probes": 80,
    "connections lost: closed": 3_500,
    "connections lost: epoch changed": 100,
    "connections lost: silent": 40,
    "attempts repeated: closed": 700,
    "attempts repeated: refused": 40,
    "attempts repeated: late": 90,
    "attempts repeated: broken off": 40,
    "attempts repeated: HTTP": 50,
}
"""The required events, and how often they must happen at least: about a third of the actual counts."""


@pytest.fixture(scope="module")
def counts() -> Counter[str]:
    """The events in all histories, none of which failed."""
    counts: Counter[str] = Counter()
    for seed in range(HISTORIES):
        run_seed(seed, counts)
    return counts


def test_every_invariant_holds(counts: Counter[str]) -> None:
    """CLK, PUSH, SYNC, REP, HASH, DUR, PRES and CONN rules: see `checks`, `truth`, `policy` and `finish`."""
    assert counts["histories"] == HISTORIES


@pytest.mark.parametrize("what", HAPPENS)
def test_histories_are_not_vacuous(counts: Counter[str], what: str) -> None:
    """Events that never happen prove nothing."""
    assert counts[what] >= HAPPENS[what]


@pytest.mark.parametrize("path", PINNED, ids=lambda path: path.stem)
def test_pinned_history(path: Path) -> None:
    """Each showed a fault once; its `why` says which."""
    log = from_json(path.read_bytes())
    assert log.why
    run(log)


def test_failing_seed_gives_a_log_that_replays_and_shrinks() -> None:
    """A failure is data: JSON that fails again in the same way, and shorter."""
    mutation = SERVER_MUTATIONS[0]
    noticed = mutation.noticed_by(HISTORIES)
    assert noticed is not None
    seed, failed = noticed
    text = to_json(failed.log)
    assert text in str(failed)
    assert f"seed {seed}" in str(failed)
    with mutation.applied():
        with pytest.raises(Failed) as again:
            run(from_json(text))
        assert str(again.value.__cause__) == str(failed.__cause__)
        shorter = shrink(failed)
        assert len(shorter.log.steps) < len(failed.log.steps) / 3
        with pytest.raises(Failed):
            run(shorter.log)
    run(shorter.log)


def test_soak_prints_a_failure_that_replay_takes(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The output of ``make soak`` for a failure is a file for `replay`."""
    file = tmp_path / "log.json"
    with SERVER_MUTATIONS[0].applied():
        assert soak.main(["--seeds", str(HISTORIES), "--start", "10"]) == 1
        shorter = capsys.readouterr().out.partition("The same, shorter:\n")[2]
        file.write_text(shorter.partition("\n")[2], encoding="utf-8")
        assert replay.main([str(file)]) == 1
        assert shorter.partition(": ")[2].partition("\n")[0] in capsys.readouterr().out
    assert replay.main([str(file)]) == 0
    assert soak.main(["--seeds", "3"]) == 0
    assert "3 of 3 histories" in capsys.readouterr().out


def test_seed_gives_the_same_history_again() -> None:
    """Otherwise a failing seed would prove nothing."""
    first, second = Counter[str](), Counter[str]()
    for counts in (first, second):
        for seed in range(20):
            run_seed(seed, counts)
    assert first == second
