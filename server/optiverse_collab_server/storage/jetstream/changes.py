"""A stream of changes that all servers make and follow, one after the other: for what is not a session's."""

from __future__ import annotations

from nats.aio.client import Client
from nats.js import api
from nats.js.errors import NotFoundError

from optiverse_collab_server.storage.jetstream.opening import CONNECT_SECONDS, find_or_make, new_id
from optiverse_collab_server.storage.jetstream.stream import (
    ANSWER_SECONDS,
    Message,
    Refused,
    explained,
    id_of,
    is_there,
)

NAME = "optiverse-collab-access"
"""The stream's name."""

_EXPECTED = "Nats-Expected-Last-Sequence"
_NO_MESSAGE = 10037


class ChangeLog:
    """The stream; made by `find`.

    Args:
        client: connected.
        id: the stream's own.
        replicas: how many NATS servers keep each change.

    Attributes:
        id: the same.
    """

    def __init__(self, client: Client, id: str, replicas: int) -> None:
        self.id = id
        self._client, self._replicas = client, replicas
        self._js = client.jetstream(timeout=ANSWER_SECONDS)
        self._subject = f"optiverse-access.{id}"

    @staticmethod
    async def find(client: Client, replicas: int) -> ChangeLog:
        """The stream; it is made if there is none.

        Raises:
            StorageError: NATS can't keep the stream so, or does not answer.
        """
        config = api.StreamConfig(
            name=NAME,
            subjects=[f"optiverse-access.{new_id()}"],
            storage=api.StorageType.FILE,
            num_replicas=replicas,
            allow_rollup_hdrs=True,  # servers from before OWN-14 need it
            deny_delete=True,
        )
        info = await find_or_make(client.jetstream(timeout=CONNECT_SECONDS), config)
        return ChangeLog(client, id_of(info.config), replicas)

    async def append(self, data: bytes, expects: int) -> int | None:
        """Append a change.

        Args:
            expects: the number of the last one.

        Returns:
            Its number; None if another change is the last one.

        Raises:
            Unanswered: whether it was appended is unknown.
        """
        headers = {_EXPECTED: str(expects)}
        try:
            with explained():
                return (await self._js.publish(self._subject, data, headers=headers)).seq
        except Refused:
            return None

    async def read(self, after: int) -> list[Message]:
        """The changes after one that are not dropped, in order."""
        found: list[Message] = []
        while True:
            with explained():
                try:
                    message = await self._js.get_msg(NAME, after + 1, self._subject, next=True)
                except NotFoundError as error:
                    if error.err_code == _NO_MESSAGE:
                        return found
                    raise
            after = message.seq or after + 1
            found.append(Message(after, message.data or b""))

    async def drop(self, before: int) -> None:
        """Delete the changes before one."""
        with explained():
            await self._js.purge_stream(NAME, seq=before, subject=self._subject)

    async def again(self) -> ChangeLog:
        """The stream that exists now; see `find`."""
        return await ChangeLog.find(self._client, self._replicas)

    async def is_there(self) -> bool:
        """Whether the stream still exists, and is the same one."""
        return await is_there(self._js, NAME, self.id)
