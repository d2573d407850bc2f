"""Possible faults that no simulation plays, or seldom does, most with presence (PRES-8 to PRES-20)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from optiverse_collab.core.access import Role
from optiverse_collab.core.client import activity, bringing, edit_requests, following, hand_over, latency
from optiverse_collab.core.client.activity import Doing
from optiverse_collab.core.client.bringing import Call, Calls
from optiverse_collab.core.client.edit_requests import REQUEST, EditRequestQueue, Request
from optiverse_collab.core.client.following import DECLINES, View
from optiverse_collab.core.client.hand_over import ANSWERS, Ask, Heard, Says
from optiverse_collab.core.client.own_presence import OF_CURSOR, OwnPresence, Privacy
from optiverse_collab.core.client.people import PERSON, Introduction, People
from optiverse_collab.core.client.push_pace import PushPace
from optiverse_collab.core.client.quality import Grade, Quality
from optiverse_collab.core.client.shown import Shown
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.window.ui.rings import Rings
from tests.core.simulation.knock_mutations import KNOCK_MUTATIONS
from tests.core.simulation.mutation import Mutations

State = Mapping[str, Any]
CLIENT = "tests/core/client/test_"

FOLLOWING, BRINGING, ACTIVITY, HAND_OVER = Mutations(), Mutations(), Mutations(), Mutations()
OWN, LATENCY, REQUESTS, PEOPLE, SHOWN = Mutations(), Mutations(), Mutations(), Mutations(), Mutations()
RINGS, PACE = Mutations(), Mutations()

UNIT_MUTATIONS = {
    f"{CLIENT}following.py": FOLLOWING,
    f"{CLIENT}bringing.py": BRINGING,
    f"{CLIENT}activity.py": ACTIVITY,
    f"{CLIENT}hand_over.py": HAND_OVER,
    f"{CLIENT}own_presence.py": OWN,
    f"{CLIENT}latency.py": LATENCY,
    f"{CLIENT}edit_requests.py": REQUESTS,
    f"{CLIENT}people.py": PEOPLE,
    f"{CLIENT}shown.py": SHOWN,
    f"{CLIENT}push_pace.py": PACE,
    "tests/window/ui/test_rings.py": RINGS,
    **KNOCK_MUTATIONS,
}
"""The file of tests that must notice them → the faults."""

_occupied, _hear_ask, _shows = activity.occupied, Heard.hear, Privacy.shows
_hear_ring = Rings.hear
_waits, _person_of = EditRequestQueue.waits, People.person_of
_wait_ms = PushPace.wait_ms


@FOLLOWING.add("Two follow each other in a circle (PRES-11).", (following, "circle_from"))
def circles(id: str, states: Mapping[str, State]) -> list[str]:
    return []


@FOLLOWING.add("A view of nothing is followed (PRES-11).", (following, "view_in"))
def empty_view(value: Any) -> View | None:
    good = isinstance(value, list) and len(value) == 4 and all(type(part) in (int, float) for part in value)
    return View(*map(float, value)) if good else None


@FOLLOWING.add("Any number of people is declined (PRES-11).", (following, "declines"))
def declines_all(state: State, id: str) -> bool:
    declined = state.get(DECLINES)
    return isinstance(declined, list) and id in declined


@BRINGING.add("One person calls as often as they like (PRES-12).", (Calls, "hear"))
def calls_without_end(self: Calls, person: str, call: Call, now_ms: float) -> bool:
    known = self._heard.get(person)
    self._heard[person] = call.number, now_ms
    return known is None or known[0] != call.number


@BRINGING.add("A call is shown repeatedly (PRES-12).", (Calls, "hear"))
def call_told_again(self: Calls, person: str, call: Call, now_ms: float) -> bool:
    return True


@BRINGING.add("Viewers call everybody (PRES-12).", (bringing, "may_call"))
def anybody_calls(role: Role) -> bool:
    return True


@ACTIVITY.add("Whoever is away is in their items (PRES-13).", (activity, "occupied"))
def away_and_in(participants: Mapping[str, Participant], states: Mapping[str, State]) -> Any:
    here = {id: Participant(one.user_id, id, one.connected_at) for id, one in participants.items()}
    return _occupied(here, states)


@ACTIVITY.add("Somebody is in any number of items (PRES-13).", (activity, "activity_in"))
def in_everything(state: State) -> dict[str, Doing]:
    shown = state.get(activity.ACTIVITY)
    known = {doing.value: doing for doing in Doing}
    items = shown.items() if isinstance(shown, dict) else ()
    return {id: known[value] for id, value in items if isinstance(value, str) and value in known and id}


@HAND_OVER.add("All people together ask as often as they like (PRES-14).", (Heard, "hear"))
def asks_of_all(self: Heard, id: str, person: str, ask: Ask, now_ms: float) -> bool:
    self._all = type(self._all)(0.0)
    return _hear_ask(self, id, person, ask, now_ms)


@HAND_OVER.add("After a no, the next ask comes as soon as any (PRES-14).", (Heard, "refuse"))
def no_is_no_answer(self: Heard, person: str, now_ms: float) -> None:
    pass


@HAND_OVER.add("The answer to an earlier ask is one to this (PRES-14).", (hand_over, "answer_in"))
def any_answer(state: State, me: str, number: int) -> Says | None:
    shown = state.get(ANSWERS)
    mine = dict(islice(shown.items(), 16)).get(me) if isinstance(shown, dict) else None
    says = mine.get("says") if isinstance(mine, dict) else None
    return next((one for one in Says if one.value == says), None)


@OWN.add("What was sent before it was hidden stays (PRES-15).", (OwnPresence, "hide"))
def hidden_from_now_on(self: OwnPresence, privacy: Privacy) -> None:
    before, self._privacy = self._privacy, privacy
    shown = {key: value for key, value in self.state.items() if privacy.shows(key) and not before.shows(key)}
    self._shown.update("", shown)


@OWN.add("What is no longer hidden waits for its next change (PRES-15).", (OwnPresence, "hide"))
def shown_later(self: OwnPresence, privacy: Privacy) -> None:
    before, self._privacy = self._privacy, privacy
    self._shown.update("", {key: None for key in self.state if before.shows(key) and not privacy.shows(key)})


@OWN.add("A hidden cursor shows by what it drags (PRES-10, PRES-15).", (Privacy, "shows"))
def grip_shows(self: Privacy, key: str) -> bool:
    return key in OF_CURSOR - {"cursor"} or _shows(self, key)


@OWN.add("Nobody sees where a user points who hides what they do (PRES-16).", (Privacy, "shows"))
def pointing_hidden(self: Privacy, key: str) -> bool:
    return _shows(self, key) and not (self.hides_activity and key in ("point", "laser"))


@LATENCY.add("Each answer changes what is shown (PRES-19).", (latency, "shown_latency"))
def latency_to_the_ms(quality: Quality) -> int | None:
    slowest_ms = quality.p95_ms
    return None if quality.grade is not Grade.POOR or slowest_ms is None else round(slowest_ms)


@LATENCY.add("A good connection has a latency, too (PRES-19).", (latency, "shown_latency"))
def latency_of_all(quality: Quality) -> int | None:
    return None if quality.p95_ms is None else max(round(quality.p95_ms / 100), 1) * 100


@LATENCY.add("Others wait for any time that they say (PRES-19).", (latency, "latency_in"))
def any_latency(state: State) -> int | None:
    shown = state.get(latency.LATENCY)
    return shown if type(shown) is int else None


@REQUESTS.add("Whoever may edit asks for it (PRES-20).", (edit_requests, "request_in"))
def editors_ask(participant: Participant, state: State) -> int | None:
    number = state.get(REQUEST)
    return number if type(number) is int and number >= 0 and participant.person else None


@REQUESTS.add("Anybody refuses for the owners (PRES-20).", (edit_requests, "is_refused"))
def anybody_refuses(participant: Participant, state: State, me: str, number: int) -> bool:
    shown = state.get(edit_requests.REFUSED)
    return isinstance(shown, dict) and shown.get(me) == number


@REQUESTS.add("After a no, the next request comes as soon as any (PRES-20).", (EditRequestQueue, "refuse"))
def requests_after_a_no(self: EditRequestQueue, person: str, now_ms: float) -> None:
    pass


@REQUESTS.add("All people together ask as often as they like (PRES-20).", (EditRequestQueue, "waits"))
def requests_of_all(
    self: EditRequestQueue, requests: Mapping[str, Request], now_ms: float
) -> dict[str, float]:
    self._all = type(self._all)(0.0)
    return _waits(self, requests, now_ms)


@PEOPLE.add("Whom the server knows is whoever they say (PRES-8).", (People, "person_of"))
def says_who_they_are(self: People, id: str) -> str:
    shown = self._states.get(id, {}).get(PERSON)
    return shown if isinstance(shown, str) and shown else _person_of(self, id)


@PEOPLE.add("Whoever comes later takes the colour that they like (PRES-9).", (People, "_choice"))
def colour_as_wished(self: People, me: Participant, mine: Introduction) -> int:
    return mine.wish


@SHOWN.add("Whoever shows a thing no more still does (PRES-2).", (Shown, "look"))
def shown_for_good(self: Shown[Any], participants: Any, states: Any, changed: Any = None) -> bool:
    before = dict(self.found)
    for id in participants if changed is None else changed:
        value = self._read(participants[id], states.get(id, {})) if id in participants else None
        if value is not None:
            self.found[id] = value
    return self.found != before


@RINGS.add("One person points as often as they like (PRES-16).", (Rings, "hear"))
def rings_without_end(self: Rings, id: str, person: str, value: Any, muted: bool, now_ms: float) -> None:
    self._last_ms.clear()
    _hear_ring(self, id, person, value, muted, now_ms)


@RINGS.add("Whoever is muted is seen (PRES-16).", (Rings, "hear"))
def muted_is_seen(self: Rings, id: str, person: str, value: Any, muted: bool, now_ms: float) -> None:
    _hear_ring(self, id, person, value, False, now_ms)


@PACE.add("Five push as often as four (PUSH-2).", (PushPace, "wait_ms"))
def quick_among_many(self: PushPace, now_ms: float, is_answered: bool = True) -> float:
    return self._quick.wait_ms(now_ms) if is_answered else _wait_ms(self, now_ms, is_answered)
