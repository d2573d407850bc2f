"""The outcomes of changes on the wire: acknowledgements, and values that were replaced unseen.

Nothing here has values: each end has its own, and a value may be long (PUSH-4, SYNC-9).
"""

from __future__ import annotations

from enum import Enum

import msgspec


class AckResult(str, Enum):
    """The outcome of a pushed change (PUSH-4); a closed set (MSG-6)."""

    COMMIT = "commit"
    """All of it took effect."""
    REBASE = "rebase"
    """A part took effect."""
    DISCARD = "discard"
    """Nothing took effect."""
    DUPLICATE = "duplicate"
    """It was accepted before."""
    REFUSED = "refused"
    """It breaks a rule."""


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """A part of a change: an operation, or some of its properties. It has no values.

    Attributes:
        id: the record.
        names: the properties; if empty, the whole operation.
        by: the author of the other value, if known.
        clock: of the other value.
    """

    id: str
    names: list[str] = []
    by: str = ""
    clock: int = 0


class Ack(msgspec.Struct, frozen=True, omit_defaults=True):
    """The outcome of one of my pushed changes (PUSH-4).

    Attributes:
        client_clock: which change.
        result: how much of it took effect.
        clock: the change's place in the session's history, unless duplicate or refused.
        lost: parts without effect, since the record was gone.
        held: parts that were not applied, since they would have replaced an unseen value (SEEN-4).
        replaced: the unseen values of others that it replaced (SEEN-3).
        client_id: in pages: the settled id that the change had, if not the current one.
        reason: with ``refused``: a `Reason`, or one that only a newer server knows.
        message: with ``refused``: a sentence.
    """

    client_clock: int
    result: AckResult
    clock: int = 0
    lost: list[Part] = []
    held: list[Part] = []
    replaced: list[Part] = []
    client_id: str = ""
    reason: str = ""
    message: str = ""


class Notice(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody replaced values of this replica without having seen them (SYNC-9).

    Attributes:
        clock: of their change.
        id: the record.
        names: the properties.
        by: the author of their change.
    """

    clock: int
    id: str
    names: list[str]
    by: str = ""


class SweepNotice(msgspec.Struct, frozen=True, omit_defaults=True):
    """A replacement of the bench (SYNC-14).

    Attributes:
        step: the id of the step.
        clock: of its first change.
        by: the author.
    """

    step: str
    clock: int
    by: str = ""


class Replaced(msgspec.Struct, frozen=True):
    """Values that a change replaced unseen, and the origin that had set them (SEEN-3)."""

    id: str
    names: list[str]
    of: str
