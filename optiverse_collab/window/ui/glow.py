"""Others' last changes, which glow for a moment. Pure: times in ms are passed in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from optiverse_collab.core.client.people import People, States
from optiverse_collab.core.protocol.participants import Participant

GLOW_MS = 2_000.0
FADE_MS = 500.0
"""How long of that the glow fades."""

MOST = 100
"""How many items glow at most: the last changed ones."""


class Glow:
    """The glowing items, with their colours."""

    def __init__(self) -> None:
        self._since: dict[str, tuple[float, int | None]] = {}

    def hear(self, changed: Iterable[tuple[str, int | None]], now_ms: float) -> None:
        """Add changes: item ids, with the number of a colour each; None if unknown."""
        for id, colour in changed:
            self._since.pop(id, None)
            self._since[id] = now_ms, colour
        while len(self._since) > MOST:
            del self._since[next(iter(self._since))]

    def shown(self, now_ms: float) -> Iterator[tuple[str, int | None, float]]:
        """Item id, colour and opacity (0 to 1) of the glowing items."""
        for id, (since_ms, colour) in self._since.items():
            left_ms = since_ms + GLOW_MS - now_ms
            if left_ms > 0:
                yield id, colour, min(1.0, left_ms / FADE_MS)

    def wait_ms(self, now_ms: float) -> float | None:
        """How long nothing changes; 0 while something does, None if nothing glows."""
        while self._since:
            first = next(iter(self._since))
            if now_ms < self._since[first][0] + GLOW_MS:
                return max(0.0, self._since[first][0] + GLOW_MS - FADE_MS - now_ms)
            del self._since[first]
        return None


def colours_of(
    authors: Mapping[str, str], participants: Mapping[str, Participant], states: States, people: People
) -> Iterator[tuple[str, int | None]]:
    """The colour of an item's author.

    A change has the name of its author, which several people may share. Of these it is the one who has
    selected the item; if nobody has, the author is unknown.

    Args:
        authors: item id → name.
        participants: connection_id → participant.
        states: connection_id → key → value; what they show.

    Yields:
        Item id, and the number of a colour, or None if it isn't known.
    """
    named: dict[str, dict[int, set[object]]] = {}
    for id, participant in participants.items():
        selection = states.get(id, {}).get("selection")
        chosen = named.setdefault(participant.user_id, {}).setdefault(people.colour_of(id), set())
        chosen.update(
            one for one in (selection if isinstance(selection, list) else ()) if isinstance(one, str)
        )
    for item, name in authors.items():
        colours = named.get(name, {})
        found = [colour for colour, chosen in colours.items() if item in chosen] or list(colours)
        yield item, found[0] if len(found) == 1 else None
