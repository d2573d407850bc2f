"""Texts about replaced and restored benches (PUSH-9)."""

from __future__ import annotations

from collections.abc import Mapping

from optiverse_collab.convert import is_item
from optiverse_collab.core.client.past_effects import BenchReplaced
from optiverse_collab.core.text import printable

SHOW_OLD = "Show the old one"
BRING_BACK = "Bring it back"
UNDO_TEXT = "Bring the bench back"
NO_PICTURE = "This editor can't show an earlier bench in a separate window."
NO_CONNECTION = "There is no connection; try again when it is back."
NOTHING_TO_DO = "The bench has not changed since then."


class Replacement:
    """A step that replaced the bench, as far as it has arrived.

    Attributes:
        step: its id.
        by: who did it; `mine` if it was this user.
        restores: whether it brought an earlier bench back.
        before: the clock of the bench that it replaced.
        removed, added, changed: how many items were removed, added and changed.
        left: person → how many items were left alone because they had changed them.
    """

    def __init__(self, first: BenchReplaced) -> None:
        self.step, self.by, self.mine, self.restores = first.step, first.by, first.mine, first.restores
        self.before = first.clock - 1
        self.removed = self.added = self.changed = 0
        self.left: Mapping[str, int] = {}
        self.add(first)

    def add(self, part: BenchReplaced) -> None:
        """Another part of the step arrived; this counts it."""
        self.removed += sum(map(is_item, part.removed))
        self.added += sum(map(is_item, part.added))
        self.changed += sum(map(is_item, part.changed))

    @property
    def is_news(self) -> bool:
        """Whether there is something to say."""
        return bool(self.removed or self.added or self.changed or self.left)


def sentence(one: Replacement) -> str:
    """The announcement for everybody."""
    if one.mine and one.restores:
        removed = f", removed {one.removed}" if one.removed else ""
        return f"Brought back {_items(one.added + one.changed)}{removed}{_left(one.left)}."
    who = "You" if one.mine else printable(one.by) or "Somebody"
    deed = "brought an earlier bench back" if one.restores else "replaced the bench for everybody"
    return f"{who} {deed}: {_counts(one)}."


def title(one: Replacement) -> str:
    """The title of a window with the earlier bench."""
    who = "you" if one.mine else printable(one.by) or "somebody"
    deed = "brought an earlier one back" if one.restores else "replaced it"
    return f"The bench before {who} {deed}"


def _counts(one: Replacement) -> str:
    counts = []
    if one.removed:
        counts.append(f"{_items(one.removed)} removed")
    if one.added:
        counts.append(f"{one.added} new" if counts else f"{one.added} new item{'s' * (one.added != 1)}")
    if one.changed:
        counts.append(f"{one.changed} changed" if counts else f"{_items(one.changed)} changed")
    return ", ".join(counts) or "nothing changed"


def _left(left: Mapping[str, int]) -> str:
    told = ""
    for who, count in left.items():
        were = "was" if count == 1 else "were"
        told += f"; {count} {were} changed by {printable(who) or 'somebody'} meanwhile and left"
    return told


def _items(count: int) -> str:
    return "1 item" if count == 1 else f"{count} items"
