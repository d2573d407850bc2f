"""Messages ↔ JSON text, and why text is refused (LIM-1 to LIM-6).

A frame of changes is the same for all receivers except for the acknowledgements, so it is encoded once
as a body to which any receiver's acknowledgements can be appended (`patch_body`, `close_patch`).
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NoReturn, TypeVar

import msgspec

from optiverse_collab.core.checks import check_change, check_value
from optiverse_collab.core.limits import CHANGES_PER_PUSH, VALUES_PER_MESSAGE, Limits
from optiverse_collab.core.protocol.changes import Number
from optiverse_collab.core.protocol.message import Message
from optiverse_collab.core.protocol.messages import (
    ClientMessage,
    PresenceUpdate,
    Push,
    ServerMessage,
)
from optiverse_collab.core.protocol.outcomes import Ack, Replaced
from optiverse_collab.core.records import Lane, Op, Record
from optiverse_collab.errors import ChangeRefused, MessageRefused, Reason

_encoder = msgspec.json.Encoder()
_canonical = msgspec.json.Encoder(order="sorted")
_client_decoder: msgspec.json.Decoder[ClientMessage] = msgspec.json.Decoder(ClientMessage)
_server_decoder: msgspec.json.Decoder[ServerMessage] = msgspec.json.Decoder(ServerMessage)
_ops_decoder: msgspec.json.Decoder[list[Op]] = msgspec.json.Decoder(list[Op])


class _ClockOnly(msgspec.Struct):
    client_clock: Number


class _PushClocks(msgspec.Struct, tag_field="type", tag="push"):
    """The readable part of a push with unreadable operations."""

    changes: Annotated[list[_ClockOnly], msgspec.Meta(max_length=CHANGES_PER_PUSH)]


_clocks_decoder = msgspec.json.Decoder(_PushClocks)
_M = TypeVar("_M")


class PushUnreadable(MessageRefused):
    """A push with unreadable operations, but readable clocks.

    Attributes:
        client_clocks: the changes to acknowledge as refused (PUSH-6).
    """

    def __init__(self, refused: MessageRefused, client_clocks: list[int]) -> None:
        super().__init__(refused.reason, str(refused))
        self.client_clocks = client_clocks


def decode_client(text: str, limits: Limits) -> ClientMessage:
    """Read a message from a client.

    Raises:
        PushUnreadable: only the clocks of a push can be read.
        MessageRefused: it is not a valid message; with the reason.
    """
    try:
        if values_in(text) > VALUES_PER_MESSAGE:
            sentence = f"The message has more than {VALUES_PER_MESSAGE} values; send several messages."
            raise MessageRefused(Reason.TOO_LARGE, sentence)
        return _decode(_client_decoder, text, limits)
    except MessageRefused as refused:
        try:
            clocks = [change.client_clock for change in _clocks_decoder.decode(text).changes]
        except (msgspec.DecodeError, RecursionError, UnicodeError):
            raise refused from None
        raise PushUnreadable(refused, clocks) from None


def decode_server(text: str, limits: Limits) -> ServerMessage:
    """Read a message from a server.

    Raises:
        MessageRefused: with the reason; ``unknown_type`` comes from a newer server.
    """
    return _decode(_server_decoder, text, limits)


def encode(message: Message) -> str:
    """Write a message.

    Raises:
        ChangeRefused: a value can't be written as JSON, or breaks a limit.
    """
    if isinstance(message, Push):
        for change in message.changes:
            check_change(change.ops, Limits())
    elif isinstance(message, PresenceUpdate):
        check_value(message.state, Limits().depth + 1, "presence")
    return _encoder.encode(message).decode()


def encode_ops(ops: Sequence[Op]) -> bytes:
    """The JSON array of `ops`, as in the journal and on the wire."""
    return _encoder.encode(ops)


def decode_ops(data: bytes | msgspec.Raw) -> list[Op]:
    """The operations in a JSON array that `encode_ops` wrote."""
    return _ops_decoder.decode(data)


def size_of(value: Any) -> int:
    """How many bytes `value` takes as JSON.

    Raises:
        ChangeRefused: if it can't be written.
    """
    return len(encoded(value))


def values_in(text: str | bytes) -> int:
    """An upper bound on the number of values in JSON: each follows a comma or an opening bracket."""
    if isinstance(text, str):
        return text.count(",") + text.count("[") + text.count("{")
    return text.count(b",") + text.count(b"[") + text.count(b"{")


def encoded(value: Any) -> bytes:
    """`value` as JSON.

    Raises:
        ChangeRefused: if it can't be written.
    """
    try:
        return _encoder.encode(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise ChangeRefused(Reason.INVALID_MESSAGE, f"This can't be shared: {error}.") from None


def canonical(record: Record) -> bytes:
    """The canonical JSON of `record`, the same for any order of its keys (HASH-2)."""
    return _canonical.encode((record.id, record.kind, record.props))


class RawChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """A `Change` whose operations are already JSON."""

    clock: int
    user_id: str
    ops: msgspec.Raw
    step: str = ""
    replaced: list[Replaced] = []


class RawPastPage(Message, frozen=True, tag="past:page"):
    """A `PastPage` in which some records are already JSON."""

    request: int
    epoch: str
    clock: int
    head: str
    total: int
    records: list[msgspec.Raw]
    done: bool = False


class RawPastEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A `PastEntry` whose operations are JSON already."""

    clock: int
    time_ms: int
    author: str
    ops: msgspec.Raw
    step: str = ""


class RawEntriesPage(Message, frozen=True, tag="entries:page"):
    """An `EntriesPage` of those."""

    request: int
    epoch: str
    after: int
    entries: list[RawPastEntry]
    done: bool = False


def encode_change(change: RawChange) -> bytes:
    """The JSON of a `Change`."""
    return _encoder.encode(change)


def patch_body(changes: Sequence[bytes], head: str, hashes: Mapping[Lane, str]) -> bytes:
    """A `Patch` without acknowledgements and without the closing brace.

    Args:
        changes: each from `encode_change`.
        head: after the last change, 32 hex digits; empty without changes.
        hashes: the document's, after the patch; most patches have none.
    """
    tail = b',"head":"%b"' % head.encode() if head else b""
    if hashes:
        tail += b',"hash":' + _encoder.encode(hashes)
    return b'{"type":"patch","changes":[' + b",".join(changes) + b"]" + tail


def close_patch(body: bytes, acks: Sequence[Ack] = ()) -> bytes:
    """Complete `body` to a message with the receiver's own acknowledgements."""
    return body + (b',"acks":' + _encoder.encode(acks) if acks else b"") + b"}"


def _decode(decoder: msgspec.json.Decoder[_M], text: str, limits: Limits) -> _M:
    if len(text) > limits.message_bytes:
        raise MessageRefused(
            Reason.TOO_LARGE,
            f"The message has {len(text)} characters; at most {limits.message_bytes} bytes are allowed.",
        )
    try:
        return decoder.decode(text)
    except msgspec.ValidationError as error:
        _refuse_types(str(error))
    except msgspec.DecodeError as error:
        _refuse_syntax(text, str(error))
    except RecursionError:
        raise MessageRefused(Reason.TOO_DEEP, "The message nests too deep; flatten it.") from None
    except UnicodeError:
        raise MessageRefused(Reason.BAD_TEXT, "The message is not UTF-8 text; send JSON in UTF-8.") from None


def _refuse_types(error: str) -> NoReturn:
    if error.startswith("Number out of range"):
        raise MessageRefused(
            Reason.NOT_FINITE, f"A number in the message is too large to be finite: {error}."
        ) from None
    if error.endswith("`$.type`") or "missing required field `type`" in error:
        raise MessageRefused(Reason.UNKNOWN_TYPE, f"The message's type is not known here: {error}.") from None
    raise MessageRefused(Reason.INVALID_MESSAGE, f"The message has the wrong form: {error}.") from None


def _refuse_syntax(text: str, error: str) -> NoReturn:
    """Describe the error in text that isn't JSON; Python's own parser recognises NaN."""
    with contextlib.suppress(ValueError, RecursionError):
        json.loads(text, parse_constant=_refuse_constant)
    raise MessageRefused(Reason.MALFORMED_JSON, f"The message is not JSON: {error}.") from None


def _refuse_constant(name: str) -> NoReturn:
    raise MessageRefused(
        Reason.NOT_FINITE, f"The message has {name} in it; only finite numbers can be shared."
    )
