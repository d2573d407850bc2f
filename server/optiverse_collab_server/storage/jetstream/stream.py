"""The stream: a log for each session, parts of long records, and signs of life of the servers.

All subjects contain an id that was made with the stream (OWN-6). If the stream is deleted and somebody makes
another one, no late message of a server gets into that.
"""

from __future__ import annotations

import asyncio
import contextlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator
from math import inf
from typing import NamedTuple

from nats.aio.client import Client
from nats.errors import Error
from nats.js import JetStreamContext, api
from nats.js.errors import APIError, NotFoundError, ServiceUnavailableError

from optiverse_collab.errors import StorageError

NAME = "optiverse-collab"
"""The stream's name."""

ANSWER_SECONDS = 2.0
"""How long to wait for an answer."""

ALIVE_SECONDS = 6.0
"""How long after a server's last sign of life others leave its sessions alone."""

PART_BYTES = 512 * 1024
"""A message is not much longer: by default, NATS accepts 1 MiB."""

_BATCH = 256
_NO_STREAM, _WRONG_LAST = 10059, (10071, 10164)
_EXPECTED = "Nats-Expected-Last-Subject-Sequence"


class Unanswered(StorageError):
    """NATS gave no answer; what was asked for may happen anyway."""

    def __init__(self) -> None:
        super().__init__("NATS does not answer; check that its servers run, and that this one reaches them.")


class Message(NamedTuple):
    """A message in the stream, and its number there."""

    sequence: int
    data: bytes


class Stream:
    """A connection to the stream.

    Args:
        client: connected; it connects again on its own.
        id: the stream's own.
        age_s: how long ago it was made, if clocks are right.
    """

    def __init__(self, client: Client, id: str, age_s: float = inf) -> None:
        self.client, self.id, self.age_s = client, id, age_s
        self._js = client.jetstream(timeout=ANSWER_SECONDS)
        self._prefix = f"optiverse.{id}"

    async def append(self, session_id: str, data: bytes, expects: int) -> int | None:
        """Append a record to a session's log.

        Args:
            expects: its last record.

        Returns:
            The record's number; None if another one is the last, or no answer came.

        Raises:
            StorageError: NATS can't store it.
        """
        headers = {_EXPECTED: str(expects)}
        try:
            with explained():
                return (await self._js.publish(self._log(session_id), data, headers=headers)).seq
        except Unanswered:
            return None
        except Refused:
            return None

    async def end(self, session_id: str) -> Message | None:
        """The last record of a session's log; None if there is none."""
        with explained():
            return await self._last(self._log(session_id))

    async def get(self, sequence: int) -> bytes | None:
        """A message; None if it was dropped, or never stored."""
        with explained():
            try:
                message = await self._js.get_msg(NAME, sequence)
            except NotFoundError as error:
                if error.err_code == _NO_STREAM:
                    raise
                return None
        return message.data or b""

    async def put_parts(self, session_id: str, data: bytes, clock: int | None = None) -> list[int]:
        """Store a long content; returns the numbers of its parts.

        Args:
            clock: of a kept bench; None for what is in the log.
        """
        subject = self._parts(session_id) if clock is None else self._bench(session_id, clock, "keptpart")
        numbers: list[int] = []
        for start in range(0, len(data), PART_BYTES):
            with explained():
                numbers.append((await self._js.publish(subject, data[start : start + PART_BYTES])).seq)
        return numbers

    async def drop(self, session_id: str, last: int) -> None:
        """Delete the records of a log up to one, and the parts before."""
        for subject in (self._log(session_id), self._parts(session_id)):
            with explained():
                await self._js.purge_stream(NAME, seq=last + 1, subject=subject)

    async def put_bench(self, session_id: str, clock: int, data: bytes) -> None:
        """Keep a bench."""
        with explained():
            await self._js.publish(self._bench(session_id, clock), data)

    async def get_bench(self, session_id: str, clock: int) -> bytes | None:
        """A kept bench; None if there is none."""
        with explained():
            found = await self._last(self._bench(session_id, clock))
        return None if found is None else found.data

    async def benches(self, session_id: str) -> set[int]:
        """The clocks of the kept benches."""
        with explained():
            wanted = f"{self._prefix}.kept.{_token(session_id)}.*"
            info = await self._js.stream_info(NAME, subjects_filter=wanted)
        return {int(subject.rpartition(".")[2]) for subject in info.state.subjects or ()}

    async def drop_bench(self, session_id: str, clock: int) -> None:
        """Delete a kept bench."""
        for kind in ("kept", "keptpart"):
            with explained():
                await self._js.purge_stream(NAME, subject=self._bench(session_id, clock, kind))

    async def read(self, session_id: str, first: int, last: int) -> AsyncIterator[Message]:
        """The records of a session's log from one to another; who calls checks that none is missing."""
        config = api.ConsumerConfig(
            deliver_policy=api.DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=first,
            ack_policy=api.AckPolicy.NONE,
            inactive_threshold=ALIVE_SECONDS,
            mem_storage=True,
            num_replicas=1,
        )
        with explained():
            subscription = await self._js.pull_subscribe(self._log(session_id), stream=NAME, config=config)
        try:
            at = first
            while at <= last:
                with explained():
                    messages = await subscription.fetch(_BATCH, timeout=ANSWER_SECONDS)
                for message in messages:
                    at = message.metadata.sequence.stream
                    if at <= last:
                        yield Message(at, message.data)
                at += 1
        finally:
            with contextlib.suppress(Error):
                await subscription.unsubscribe()

    async def sessions(self) -> list[str]:
        """The ids of all sessions that have a log."""
        with explained():
            info = await self._js.stream_info(NAME, subjects_filter=f"{self._prefix}.log.*")
        return sorted(_session_of(subject.rpartition(".")[2]) for subject in info.state.subjects or ())

    async def beat(self, node: str, run: str) -> None:
        """Give a sign of life of a server."""
        with explained():
            await self._js.publish(self._life(node), run.encode(), msg_ttl=ALIVE_SECONDS)

    async def sign_of(self, node: str, run: str) -> int:
        """The number of the last sign of life of a server's run; 0 if it gave none lately."""
        with explained():
            last = await self._last(self._life(node))
        return last.sequence if last is not None and last.data.decode() == run else 0

    async def is_there(self) -> bool:
        """Whether the stream still exists, and is the same one."""
        return await is_there(self._js, NAME, self.id)

    async def close(self) -> None:
        """Disconnect."""
        with contextlib.suppress(Error, OSError):
            await self.client.close()

    async def _last(self, subject: str) -> Message | None:
        try:
            message = await self._js.get_last_msg(NAME, subject)
        except NotFoundError as error:
            if error.err_code == _NO_STREAM:
                raise
            return None
        return Message(message.seq or 0, message.data or b"")

    def _log(self, session_id: str) -> str:
        return f"{self._prefix}.log.{_token(session_id)}"

    def _parts(self, session_id: str) -> str:
        return f"{self._prefix}.part.{_token(session_id)}"

    def _bench(self, session_id: str, clock: int, kind: str = "kept") -> str:
        return f"{self._prefix}.{kind}.{_token(session_id)}.{clock}"

    def _life(self, node: str) -> str:
        return f"{self._prefix}.node.{_token(node)}"


def id_of(config: api.StreamConfig) -> str:
    """The id of a stream, which its subjects contain."""
    [subject] = config.subjects or [""]
    return subject.split(".")[1]


async def is_there(js: JetStreamContext, name: str, id: str) -> bool:
    """Whether a stream of this name exists, and has this id.

    Raises:
        Unanswered: NATS does not answer.
    """
    with explained():
        try:
            found = (await js.stream_info(name)).config
        except NotFoundError:
            return False
    return id_of(found) == id


class Refused(Exception):
    """Another record is the last one."""


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Turn errors of NATS into a `StorageError`."""
    try:
        yield
    except APIError as error:
        if error.err_code in _WRONG_LAST:
            raise Refused from error
        if isinstance(error, ServiceUnavailableError) or error.code == 503 or error.err_code == _NO_STREAM:
            raise Unanswered from error
        raise StorageError(f"NATS can't do that ({error.description}); look at its log.") from error
    except (Error, asyncio.TimeoutError) as error:
        raise Unanswered from error


def _token(id: str) -> str:
    """A name as part of a subject."""
    return "s" + urlsafe_b64encode(id.encode()).decode().rstrip("=")


def _session_of(token: str) -> str:
    text = token[1:]
    return urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
