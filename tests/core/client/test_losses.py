"""What is told of changes that did not survive (REP-8 in docs/protocol.md)."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.effects import LossKind, Lost
from optiverse_collab.core.client.losses import acknowledged, overridden, superseded
from optiverse_collab.core.client.pending import Pending
from optiverse_collab.core.protocol.messages import Ack, AckResult, Change
from optiverse_collab.core.records import Op, Put, Record, Remove, Set

LENS = Record("lens", "component", {"x": 1, "y": 2})


TURN = Set("lens", {"x": 7})


@pytest.mark.parametrize(
    ("ack", "lost"),
    [
        (Ack(1, AckResult.COMMIT, 3), []),
        (Ack(1, AckResult.DUPLICATE), []),
        (Ack(1, AckResult.REBASE, 3, [TURN]), [Lost((TURN,), LossKind.REBASE)]),
        (Ack(1, AckResult.DISCARD, 3, [TURN]), [Lost((TURN,), LossKind.DISCARD)]),
        (
            Ack(1, AckResult.REFUSED, reason="too_large", message="Split it."),
            [Lost((TURN, Remove("mirror")), LossKind.REFUSED, message="Split it.")],
        ),
    ],
    ids=lambda part: part.result.value if isinstance(part, Ack) else "",
)
def test_acknowledgement_says_what_was_lost(ack: Ack, lost: list[Lost]) -> None:
    """PUSH-4: what the server names; of a refused change, all of it."""
    assert acknowledged(ack, [TURN, Remove("mirror")]) == lost


@pytest.mark.parametrize(
    ("mine", "hidden"),
    [
        (Set("lens", {"x": 1}), {"x": 7}),
        (Set("lens", {}, ["x"]), {"x": 7}),
        (Put("lens", "component", {"z": 3}), {"x": 7, "y": 8}),
        (Remove("lens"), {}),
        (Set("mirror", {"x": 1}), {}),
    ],
)
def test_overridden_is_what_my_pending_change_replaces(mine: Op, hidden: dict[str, int]) -> None:
    """A `put` replaces all of a record, an `unset` a value by none; what I remove is gone anyway."""
    pending = Pending()
    pending.add([mine], max_bytes=1000)
    effects = overridden(Change(9, "ann", [Set("lens", {"x": 7, "y": 8}), Remove("lens")]), pending)
    assert effects == ([Lost((Set("lens", hidden),), LossKind.OVERRIDDEN, by="ann")] if hidden else [])


@pytest.mark.parametrize("op", [Put("gone", "component", {}), Set("gone", {"x": 1}), Set("gone", {}, ["x"])])
def test_superseded_is_all_of_a_change_to_a_removed_record(op: Op) -> None:
    """Also a `set` that only takes properties away."""
    assert superseded({"gone": op}, {}) == [Lost((op,), LossKind.SUPERSEDED)]


@pytest.mark.parametrize(
    ("op", "lost"),
    [
        (Put("lens", "component", {"x": 1, "y": 3}), Set("lens", {"y": 3})),
        (Set("lens", {"x": 5}, ["y"]), Set("lens", {"x": 5}, ["y"])),
        (Set("lens", {"x": 5}, ["z"]), Set("lens", {"x": 5})),
        (Remove("lens"), Remove("lens")),
    ],
)
def test_superseded_is_what_the_document_does_not_say(op: Op, lost: Op) -> None:
    """SYNC-6: the acknowledgement got lost, and with it whether the change was refused."""
    assert superseded({"lens": op}, {"lens": LENS}) == [Lost((lost,), LossKind.SUPERSEDED)]


@pytest.mark.parametrize(
    ("id", "op"),
    [
        ("lens", Put("lens", "component", {"x": 1})),
        ("lens", Set("lens", {"x": 1}, ["z"])),
        ("gone", Remove("gone")),
    ],
)
def test_what_stands_is_not_told(id: str, op: Op) -> None:
    """What others added to a record that I put is no loss of mine."""
    assert superseded({id: op}, {"lens": LENS}) == []
