"""The versions of a session, for scripts (HIST-10, HIST-11)."""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any, Protocol, TypeVar, overload

from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.records import Lane, Op, Put, Remove, Set
from optiverse_collab.core.text import printable
from optiverse_collab.core.versions import VERSION, Version, check_name, key_of, named, versions_of
from optiverse_collab.errors import CollaborationError

Send = Callable[[Sequence[Op]], Coroutine[Any, Any, None]]
"""Makes an edit and waits until the server has it."""

T = TypeVar("T")


class Run(Protocol):
    """Runs a coroutine to its end; exceptions are raised here."""

    def __call__(self, coroutine: Coroutine[Any, Any, T], /) -> T:
        """Returns its result."""


class VersionList(Sequence[Version], ABC):
    """The versions of a session, oldest moment first, as of now."""

    @abstractmethod
    def _all(self) -> list[Version]:
        """All of them."""

    def find(self, name: str) -> Version:
        """The version of a name.

        Raises:
            CollaborationError: there is none.
        """
        found = named(self._all(), name)
        if found is None:
            raise CollaborationError(
                f"There is no version {printable(name)!r}; `versions` lists all, and `history` the changes."
            )
        return found

    @overload
    def __getitem__(self, index: int) -> Version: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Version]: ...
    def __getitem__(self, index: int | slice) -> Version | Sequence[Version]:
        return self._all()[index]

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[Version]:
        return iter(self._all())

    def __repr__(self) -> str:
        return repr(self._all())


class AsyncVersions(VersionList):
    """The versions of an `AsyncBench`.

    Args:
        replica: the session's.
        send: makes an edit, and waits until the server has it.
        read: reads the bench at a clock, or raises.
    """

    def __init__(self, replica: Replica, send: Send, read: Callable[[int], Coroutine[Any, Any, Any]]) -> None:
        self._replica, self._send, self._read = replica, send, read

    async def keep(self, name: str, clock: int | None = None) -> Version:
        """Keep the present bench under a name, with all edits that this script has made.

        Args:
            name: no other version's, and no number.
            clock: keep an earlier moment instead: after this change.

        Raises:
            ChangeRefused: the name is taken, empty, too long or a number; or the script may only view.
            CollaborationError: the server has no such moment, or refused the version.
            ConnectionFailed: as in `flush`.
        """
        self._check(name)
        if clock is not None:
            await self._read(clock)  # a version of history that was dropped would show nothing
        id = f"version:{secrets.token_hex(8)}"
        props: dict[str, Any] = {"name": name.strip()}
        await self._send([Put(id, VERSION, props if clock is None else {**props, "clock": clock}, Lane.META)])
        return self._of_id(id)

    async def rename(self, version: Version, name: str) -> Version:
        """Give a version another name. One that the server made stays for good if it has a name.

        Raises:
            ChangeRefused, CollaborationError, ConnectionFailed: as in `keep`; or the version is gone.
        """
        self._check(name, version.id)
        self._of_id(version.id)
        await self._send([Set(version.id, {"name": name.strip()})])
        return self._of_id(version.id)

    async def remove(self, version: Version) -> None:
        """Remove a version. The history keeps its changes.

        Raises:
            ChangeRefused, CollaborationError, ConnectionFailed: as in `rename`.
        """
        self._of_id(version.id)
        await self._send([Remove(version.id)])

    def _all(self) -> list[Version]:
        return versions_of(self._replica.meta.values())

    def _check(self, name: str, but: str = "") -> None:
        check_name(name, {key_of(one.name) for one in self._all() if one.id != but and one.name})

    def _of_id(self, id: str) -> Version:
        found = next((one for one in self._all() if one.id == id), None)
        if found is None:
            raise CollaborationError("Somebody has removed this version in the meantime.")
        return found


class Versions(VersionList):
    """The versions of a `Bench`.

    Args:
        versions: those of the `AsyncBench` on the other thread.
        run: runs something on that thread.
    """

    def __init__(self, versions: AsyncVersions, run: Run) -> None:
        self._versions, self._run = versions, run

    def keep(self, name: str, clock: int | None = None) -> Version:
        """Keep the present or an earlier bench under a name; see `AsyncVersions.keep`."""
        return self._run(self._versions.keep(name, clock))

    def rename(self, version: Version, name: str) -> Version:
        """Give a version another name; see `AsyncVersions.rename`."""
        return self._run(self._versions.rename(version, name))

    def remove(self, version: Version) -> None:
        """Remove a version; see `AsyncVersions.remove`."""
        self._run(self._versions.remove(version))

    def _all(self) -> list[Version]:
        async def read() -> list[Version]:
            return list(self._versions)

        return self._run(read())
