"""The codec refuses bad messages, each with its own reason: LIM and PUSH-6 of docs/protocol.md."""

from __future__ import annotations

import json
import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.changes import Change, PushedChange
from optiverse_collab.core.protocol.codec import (
    PushUnreadable,
    RawChange,
    canonical,
    close_patch,
    decode_client,
    decode_ops,
    decode_server,
    encode,
    encode_change,
    encode_ops,
    patch_body,
    size_of,
    values_in,
)
from optiverse_collab.core.protocol.messages import Patch, Ping, PresenceUpdate, Push, SyncRequest, UserJoined
from optiverse_collab.core.protocol.outcomes import Ack, AckResult, Replaced
from optiverse_collab.core.records import Lane, Op, Put, Record, Remove, Set
from optiverse_collab.errors import ChangeRefused, MessageRefused, Reason

LIMITS = Limits()
PUSH = '{"type":"push","changes":[{"client_clock":7,"ops":[%s]}]}'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.MALFORMED_JSON),
        ("garbage", Reason.MALFORMED_JSON),
        ('{"type":"ping"', Reason.MALFORMED_JSON),
        ('{"type":"ping","user_id":"\\ud800"}', Reason.MALFORMED_JSON),
        ('{"type":"presence","state":{"x":NaN}}', Reason.NOT_FINITE),
        ('{"type":"presence","state":{"x":-Infinity}}', Reason.NOT_FINITE),
        ('{"type":"presence","state":{"x":1e999}}', Reason.NOT_FINITE),
        ("[1]", Reason.INVALID_MESSAGE),
        ("null", Reason.INVALID_MESSAGE),
        ("{}", Reason.UNKNOWN_TYPE),
        ('{"type":"command","command":{}}', Reason.UNKNOWN_TYPE),
        ('{"type":7}', Reason.UNKNOWN_TYPE),
        ('{"type":"ping","user_id":3}', Reason.INVALID_MESSAGE),
        ('{"type":"sync:request"}', Reason.INVALID_MESSAGE),
        ('{"type":"push"}', Reason.INVALID_MESSAGE),
        ('{"type":"push","changes":[{"ops":[]}]}', Reason.INVALID_MESSAGE),
        ('{"type":"sync:request","client_id":"c","lanes":["attic"]}', Reason.INVALID_MESSAGE),
        ('{"type":"presence","state":' + "[" * 5000 + "]" * 5000 + "}", Reason.INVALID_MESSAGE),
        ('{"type":"presence","state":{"x":' + "[" * 49_000 + "]" * 49_000 + "}}", Reason.TOO_DEEP),
        ('{"type":"ping","user_id":"\ud800"}', Reason.BAD_TEXT),
        ('{"type":"presence","state":{"x":[' + "[]," * 30_000 + "[]]}}", Reason.TOO_LARGE),
    ],
)
def test_refused_with_its_reason(text: str, reason: Reason) -> None:
    """LIM-1, LIM-2, LIM-4, LIM-5."""
    with pytest.raises(MessageRefused) as refusal:
        decode_client(text, LIMITS)
    assert refusal.value.reason is reason
    assert str(refusal.value).endswith(".")


def test_too_long_is_refused_before_it_is_read() -> None:
    """LIM-1."""
    with pytest.raises(MessageRefused) as refusal:
        decode_client("x" * 101, Limits(message_bytes=100))
    assert refusal.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize(
    "op", ['{"op":"zap"}', '{"op":"put","id":3}', "null", '{"op":"set","id":"a","props":[]}']
)
def test_push_that_cannot_be_read_still_has_clocks(op: str) -> None:
    """PUSH-6: so that its author can learn which changes are refused."""
    with pytest.raises(PushUnreadable) as refusal:
        decode_client(PUSH % op, LIMITS)
    assert refusal.value.client_clocks == [7]
    assert refusal.value.reason is Reason.INVALID_MESSAGE


@pytest.mark.parametrize("bad", [math.nan, math.inf, 2**64, "\ud800", {1: 2}, object(), b"bytes"])
def test_values_that_json_lacks_are_not_written(bad: object) -> None:
    """LIM-2, LIM-5: msgspec alone would write NaN as null."""
    for message in (
        Push([PushedChange(1, [Set("a", {"x": [bad]})])]),
        PresenceUpdate({"x": bad}),
    ):
        with pytest.raises(ChangeRefused):
            encode(message)


@pytest.mark.parametrize(
    "message",
    [
        Ping("DESKTOP-X"),
        SyncRequest("client", "epoch", 12, "ff" * 16, ["former"], [Lane.BENCH, Lane.TALK]),
        SyncRequest("client"),
        PresenceUpdate({"cursor": [1.5, -2.0], "selection": ["a"], "gone": None}),
        Push([PushedChange(1, [Put("a", "component", {"x": 0.1}), Set("b", {}, ["y"]), Remove("c")])]),
        Push([PushedChange(1, [Put("a", "note", {}, Lane.TALK)], seen=0, yields=True, step="import 1")]),
    ],
)
def test_round_trip(message: Ping | SyncRequest | PresenceUpdate | Push) -> None:
    assert decode_client(encode(message), LIMITS) == message


def test_names_of_keys_are_those_of_the_protocol() -> None:
    """PUSH-1: a change uses the key `yield`, and omits keys with default values."""
    changes = [PushedChange(7, [], seen=0, yields=True, step="s"), PushedChange(8, [])]
    assert json.loads(encode(Push(changes))) == {
        "type": "push",
        "changes": [
            {"client_clock": 7, "ops": [], "seen": 0, "yield": True, "step": "s"},
            {"client_clock": 8, "ops": []},
        ],
    }


def test_unknown_keys_are_ignored() -> None:
    """MSG-6: a newer peer may add some."""
    text = '{"type":"user:joined","user_id":"a","connection_id":"c1","timestamp":"t","colour":"red"}'
    assert decode_server(text, LIMITS) == UserJoined("a", "c1", "t")


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(VALUES)
def test_any_value_arrives_as_it_was(value: object) -> None:
    """LIM-2: shortest round-trip floats, any Unicode; Python's own parser reads our JSON alike."""
    ops = [Set("a", {"x": value})]
    data = encode_ops(ops)
    assert repr(decode_ops(data)) == repr(ops)
    assert repr(json.loads(data)[0]["props"]["x"]) == repr(value)


def raw(change: Change) -> RawChange:
    """A change as the room has it, with its operations already encoded as JSON."""
    return RawChange(
        change.clock, change.user_id, msgspec.Raw(encode_ops(change.ops)), change.step, change.replaced
    )


def test_patch_is_open_at_its_end() -> None:
    """PUSH-5: one encoding for all, followed by the receiver's own acknowledgements."""
    ops: list[Op] = [Set("a", {"x": 1})]
    changes = [
        Change(3, "ann", ops, "drag", [Replaced("a", ["x"], "f" * 32)]),
        Change(4, "bob", []),
    ]
    hashes = {Lane.BENCH: "12" * 8, Lane.TALK: "0" * 16}
    body = patch_body([encode_change(raw(change)) for change in changes], "ff", hashes)
    acks = [Ack(9, AckResult.COMMIT, 3)]
    assert decode_server(close_patch(body).decode(), LIMITS) == Patch(changes, "ff", hashes)
    assert decode_server(close_patch(body, acks).decode(), LIMITS) == Patch(changes, "ff", hashes, acks)


def test_patch_spends_nothing_on_what_it_lacks() -> None:
    """PUSH-5: most changes have no step, and most patches have neither hash nor acknowledgements."""
    body = patch_body([encode_change(raw(Change(4, "bob", [])))], "ff", {})
    assert close_patch(body) == (
        b'{"type":"patch","changes":[{"clock":4,"user_id":"bob","ops":[]}],"head":"ff"}'
    )
    assert close_patch(patch_body([], "", {})) == b'{"type":"patch","changes":[]}'


def test_canonical_json_does_not_depend_on_key_order() -> None:
    """HASH-2."""
    one = canonical(Record("a", "k", {"x": {"p": 1, "q": 2.5}, "y": "é"}))
    two = canonical(Record("a", "k", {"y": "é", "x": {"q": 2.5, "p": 1}}))
    assert one == two == '["a","k",{"x":{"p":1,"q":2.5},"y":"é"}]'.encode()


def test_size_is_that_of_the_text_on_the_wire() -> None:
    """LIM-6: in bytes of UTF-8."""
    assert size_of("½☃") == len('"½☃"'.encode()) == 7
    assert size_of([Remove("b")]) == len('[{"op":"remove","id":"b"}]')


@pytest.mark.parametrize("value", [object(), "\ud800", {1j: 2}])
def test_what_cannot_be_written_has_no_size(value: object) -> None:
    with pytest.raises(ChangeRefused, match="can't be shared") as refusal:
        size_of(value)
    assert refusal.value.reason is Reason.INVALID_MESSAGE


@pytest.mark.parametrize("text", ['{"a":[1,2,{"b":","}],"c":[]}', "3"])
def test_text_and_bytes_have_the_same_number_of_values(text: str) -> None:
    """LIM-11: an upper bound, since a comma in a text counts, too."""
    assert values_in(text) == values_in(text.encode()) == sum(map(text.count, ",[{"))
