"""Which connections belong to one person, and which colour each person has (PRES-8, PRES-9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from optiverse_collab.core.protocol.participants import Participant

PERSON, COLOUR = "person", "colour"
"""Keys of the presence."""

COLOURS = 10
"""How many colours can be distinguished. A larger number has the colour of its last digit, and a pattern."""

MOST = 10 * COLOURS
"""More need not be distinguished."""

States = Mapping[str, Mapping[str, Any]]


class Introduction(NamedTuple):
    """Who somebody is.

    Attributes:
        person: random, the same in all windows of one person.
        wish: their preferred colour, from 0 on.
    """

    person: str
    wish: int


class People:
    """Follows the participants and their presence.

    Attributes:
        me: this participant, from the server; None while not connected.
    """

    def __init__(self) -> None:
        self.me: Participant | None = None
        self._mine: Introduction | None = None
        self._shown: dict[str, Any] = {}
        self._participants: Mapping[str, Participant] = {}
        self._states: States = {}

    def introduce(self, mine: Introduction) -> None:
        """Set who this participant is."""
        self._mine = mine

    def look(
        self, me: Participant | None, participants: Mapping[str, Participant], states: States
    ) -> dict[str, Any]:
        """The participants or their presence changed.

        Args:
            me: this participant; None while not connected.
            participants: connection_id → participant, in the order in which they joined.
            states: connection_id → key → value, of the others.

        Returns:
            The presence that this participant must add; nothing if it is shown already.
        """
        self.me, self._participants, self._states = me, participants, states
        if me is None or self._mine is None:
            return {}
        shown = {PERSON: self._mine.person, COLOUR: self._choice(me, self._mine)}
        if shown == self._shown:
            return {}
        self._shown = shown
        return shown

    @property
    def scripts(self) -> frozenset[str]:
        """The names of the scripts (PRES-18)."""
        return frozenset(one.user_id for one in self._participants.values() if one.script)

    def person_of(self, id: str) -> str:
        """The person of a connection; a connection that doesn't say so is a separate person."""
        participant = self._participants.get(id)
        shown = (self._shown if self._is_me(id) else self._states.get(id, {})).get(PERSON)
        if participant is not None and participant.person:
            return participant.person  # the server knows better
        return shown if isinstance(shown, str) and shown else id

    def colour_of(self, id: str) -> int:
        """The colour of a connection, from 0; if it shows none, one that is the same in every window."""
        shown = self._shown.get(COLOUR) if self._is_me(id) else self._colour_shown(id)
        return sum(id.encode()) % COLOURS if shown is None else int(shown)

    def _is_me(self, id: str) -> bool:
        return self.me is not None and self.me.connection_id == id

    def _colour_shown(self, id: str) -> int | None:
        colour = self._states.get(id, {}).get(COLOUR)
        return colour if type(colour) is int and 0 <= colour < MOST else None

    def _choice(self, me: Participant, mine: Introduction) -> int:
        """The colour of this participant: people who came earlier keep theirs."""
        person = me.person or mine.person
        earlier, taken, is_earlier = set[int](), set[int](), True
        for id in self._participants:
            if id == me.connection_id:
                is_earlier = False
                continue
            colour = self._colour_shown(id)
            if colour is None:
                continue
            if self.person_of(id) == person:
                if is_earlier:
                    return colour
                continue  # it follows this one
            taken.add(colour)
            if is_earlier:
                earlier.add(colour)
        shown = self._shown.get(COLOUR)
        if shown is not None and shown not in earlier:
            return int(shown)
        return next((colour for colour in _candidates(mine.wish) if colour not in taken), MOST - 1)


def _candidates(wish: int) -> Iterator[int]:
    """Colours, the preferred ones first."""
    yield wish
    for row in range(0, MOST, COLOURS):
        yield from (row + (wish + step) % COLOURS for step in range(COLOURS))
