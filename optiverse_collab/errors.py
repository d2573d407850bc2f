"""Every error that optiverse-collab raises on purpose.

The tree::

    CollaborationError
    ├── Refused                  input that breaks a rule; carries a `Reason`
    │   ├── MessageRefused       a message on the wire
    │   └── ChangeRefused        an edit, before it is applied
    ├── BatchRefused             stored entries that don't continue a history
    ├── BenchFileError           a file that is not an Optiverse bench, or that can't be written
    ├── WouldOverwrite           other content would be replaced; nothing was done
    ├── EditsInConflict          edits conflicted with others' unseen ones; has the conflicts
    ├── ConnectionFailed         no session: refused, closed, timed out
    │   └── AddressError         an invalid server, session or user
    ├── ManifestError            plugin.toml has a fault
    ├── HostUnsupported          a host lacks something that its adapter needs
    ├── CannotStart              the editor, or a file to open, is missing
    ├── SettingsError            a setting is not usable
    ├── DiskError                our data on the user's disk can't be read or written
    └── StorageError             the server's data folder
        ├── DataFolderInUse      another server uses it
        └── DatabaseDamaged      its content can't be trusted

``str(error)`` is one sentence for the user: what happened, and what to do about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any


class Reason(str, Enum):
    """Why a message or a change is refused. The value is sent in ``error`` messages."""

    MALFORMED_JSON = "malformed_json"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    NOT_FINITE = "not_finite"
    ID_TOO_LONG = "id_too_long"
    ID_EMPTY = "id_empty"
    BAD_TEXT = "bad_text"
    UNKNOWN_TYPE = "unknown_type"
    INVALID_MESSAGE = "invalid_message"
    NOT_SYNCED = "not_synced"
    MIXED_LANES = "mixed_lanes"
    NOT_ALLOWED = "not_allowed"
    NO_SUCH_RECORD = "no_such_record"
    RECORD_TOO_LARGE = "record_too_large"
    SESSION_FULL = "session_full"
    STALE_RESTORE = "stale_restore"
    INVALID_VERSION = "invalid_version"
    PENDING_FULL = "pending_full"


class CollaborationError(Exception):
    """The top of the tree: one sentence for the user."""


class Refused(CollaborationError):
    """Input that breaks a rule of docs/protocol.md.

    Attributes:
        reason: which rule, in the form of the wire.
    """

    def __init__(self, reason: Reason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


class MessageRefused(Refused):
    """A message on the wire that can't be accepted; nothing of it was applied."""


class ChangeRefused(Refused):
    """An edit that can't be accepted; nothing of it was applied."""


class BatchRefused(CollaborationError):
    """Stored entries that can't be appended to a history; nothing of them was."""


class BenchFileError(CollaborationError):
    """A file with a bench, or about one, that can't be read or written."""


class WouldOverwrite(CollaborationError):
    """The existing content differs from its replacement; the caller has to confirm that it may go."""


class EditsInConflict(CollaborationError):
    """Edits of a script conflicted with others' edits made without seeing each other; all are settled.

    Attributes:
        conflicts: an `optiverse_collab.scripting.Conflict` for each.
    """

    def __init__(self, sentence: str, conflicts: Sequence[Any]) -> None:
        super().__init__(sentence)
        self.conflicts = list(conflicts)


class ConnectionFailed(CollaborationError):
    """A session could not be reached, or was closed permanently."""


class AddressError(ConnectionFailed):
    """An invalid address of a server, or name of a session or user."""


class ManifestError(CollaborationError):
    """The plugin's manifest is missing or has a fault."""


class HostUnsupported(CollaborationError):
    """A host lacks something that its adapter needs, or has an unknown version."""


class CannotStart(CollaborationError):
    """The editor, or a file to open, is missing or can't be used."""


class SettingsError(CollaborationError):
    """Invalid settings of the server, in its file or in the environment.

    Attributes:
        problems: a sentence for each.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = list(problems)


class DiskError(CollaborationError):
    """Our data on the user's disk can't be read or written."""


class StorageError(CollaborationError):
    """The server can't keep its promise that acknowledged changes are on disk."""


class DataFolderInUse(StorageError):
    """Another server has the data folder open."""


class DatabaseDamaged(StorageError):
    """The database fails its check; it is neither served nor overwritten."""
