"""Others' presence may contain anything: they are listed anyway, and no view moves because of it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.core.client.bringing import call_in
from optiverse_collab.core.client.following import circle_from, declines, followers_of, view_in
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.window.roster import cursor_window, people_in

IDS = ("c1", "c2", "c3")
KEYS = "activity bring colour cursor declines follows grip latency person selection view".split()

numbers = (
    st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([0, 1])
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    [*IDS, "drag", "n", "view", "id"]
)
leaves = st.none() | st.booleans() | numbers | texts
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
states = st.dictionaries(st.sampled_from(IDS), st.dictionaries(st.sampled_from(KEYS), values, max_size=6))


@given(states)
def test_whatever_others_show(shown: dict[str, dict[str, Any]]) -> None:
    """PRES-8, PRES-11, PRES-12, PRES-13, PRES-19."""
    session = SessionClient("Ann", Replica("client"))
    session.participants = {id: Participant(f"user {id}", id, "t") for id in IDS}
    session.me = session.participants["c1"]
    session.presence.replace(shown)
    people = people_in(session)
    assert sorted(window for person in people for window in person.windows) == sorted(IDS)
    for person in people:
        assert (person.line + person.state).isprintable()
        assert 0 <= person.colour < 100
        assert cursor_window(session, person) in person.windows
    for id, state in shown.items():
        assert id not in followers_of(id, shown)
        assert circle_from(id, shown)[:1] in ([], [id])
        declines(state, "c1")
        for view in (view_in(state.get("view")), getattr(call_in(state), "view", None)):
            assert view is None or (view.width > 0 and view.height > 0 and max(map(abs, view)) <= 1e7)
