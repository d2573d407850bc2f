"""Records what SQLite asks the system to write and to sync, in order.

A layer between SQLite and the system (a VFS, as SQLite calls it): it passes every call on, and notes each
write, cut, deletion and sync. It is made with ctypes in the library that Python's own `sqlite3` uses, so
nothing has to be installed. The structures are those of sqlite3.h, which SQLite keeps compatible.

What it proves: in which order SQLite writes, and that it asks for a sync before it says that something
is done. What it doesn't: that the system and the disk do what they are asked for, or what becomes of
file names. The ``-shm`` file is not recorded; it is not read after a crash.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_int64, c_void_p, cast
from pathlib import Path
from typing import Any, NamedTuple

_Open = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, POINTER(c_int))
_Delete = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
_Write = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_Truncate = CFUNCTYPE(c_int, c_void_p, c_int64)
_Sync = CFUNCTYPE(c_int, c_void_p, c_int)


class _Methods(ctypes.Structure):
    """``sqlite3_io_methods``, version 3."""

    _fields_ = (
        *(("iVersion", c_int), ("xClose", c_void_p), ("xRead", c_void_p), ("xWrite", _Write)),
        *(("xTruncate", _Truncate), ("xSync", _Sync)),
        *((f"other{number}", c_void_p) for number in range(13)),
    )


class _File(ctypes.Structure):
    """``sqlite3_file``."""

    _fields_ = (("pMethods", POINTER(_Methods)),)


class _Vfs(ctypes.Structure):
    """``sqlite3_vfs``, version 3."""

    _fields_ = (
        *(("iVersion", c_int), ("szOsFile", c_int), ("mxPathname", c_int), ("pNext", c_void_p)),
        *(("zName", c_char_p), ("pAppData", c_void_p), ("xOpen", _Open), ("xDelete", _Delete)),
        *((f"other{number}", c_void_p) for number in range(14)),
    )


class Wrote(NamedTuple):
    """A write, or with `data` of None a cut to `offset` bytes; a file of 0 bytes may have been deleted."""

    file: str
    offset: int
    data: bytes | None


class Synced(NamedTuple):
    """Everything written to a file before must reach the disk before anything else happens."""

    file: str


class Marked(NamedTuple):
    """The test has reached this point."""

    what: Any


Step = Wrote | Synced | Marked


def library() -> ctypes.CDLL | None:
    """SQLite as Python's `sqlite3` uses it; None where its functions are hidden."""
    name = "sqlite3.dll" if sys.platform == "win32" else _sqlite3.__file__
    try:
        found = ctypes.CDLL(name)
        found.sqlite3_vfs_find.restype = POINTER(_Vfs)
        found.sqlite3_vfs_register.argtypes = [c_void_p, c_int]
    except (OSError, AttributeError):
        return None
    return found


class Recorder:
    """The writes and syncs so far.

    Attributes:
        steps: all of them, in order.
    """

    def __init__(self, sqlite: ctypes.CDLL) -> None:
        self.steps: list[Step] = []
        self._real = sqlite.sqlite3_vfs_find(None)
        self._names: dict[int, str] = {}
        self._kept: list[Any] = []  # ctypes frees objects that nobody refers to
        self.vfs = _Vfs.from_buffer_copy(self._real.contents)
        self.vfs.zName = b"recorded"
        self.vfs.xOpen, self.vfs.xDelete = _Open(self._open), _Delete(self._delete)

    def _open(self, vfs: int, name: int, file: int, flags: int, out: Any) -> int:
        """Open a file, and let its writes go through this."""
        code = self._real.contents.xOpen(cast(self._real, c_void_p), name, file, flags, out)
        opened = cast(file, POINTER(_File)).contents
        if code == 0 and name and opened.pMethods:
            real = opened.pMethods.contents
            self._names[file] = Path(ctypes.string_at(name).decode()).name
            mine = _Methods.from_buffer_copy(real)
            mine.xWrite = _Write(lambda f, data, size, at: self._write(real, f, data, size, at))
            mine.xTruncate = _Truncate(lambda f, size: self._truncate(real, f, size))
            mine.xSync = _Sync(lambda f, flags: self._sync(real, f, flags))
            self._kept += [real, mine]
            opened.pMethods = ctypes.pointer(mine)
        return int(code)

    def _write(self, real: Any, file: int, data: int, size: int, offset: int) -> int:
        self.steps.append(Wrote(self._names[file], offset, ctypes.string_at(data, size)))
        return int(real.xWrite(file, data, size, offset))

    def _truncate(self, real: Any, file: int, size: int) -> int:
        self.steps.append(Wrote(self._names[file], size, None))
        return int(real.xTruncate(file, size))

    def _sync(self, real: Any, file: int, flags: int) -> int:
        code = int(real.xSync(file, flags))
        self.steps.append(Synced(self._names[file]))
        return code

    def _delete(self, vfs: int, name: bytes, sync_folder: int) -> int:
        self.steps.append(Wrote(Path(name.decode()).name, 0, None))
        return int(self._real.contents.xDelete(cast(self._real, c_void_p), name, sync_folder))


@contextmanager
def recorded(sqlite: ctypes.CDLL) -> Iterator[Recorder]:
    """Record what all connections do that are opened in this block; they must also be closed in it."""
    recorder = Recorder(sqlite)
    sqlite.sqlite3_vfs_register(ctypes.byref(recorder.vfs), 1)
    try:
        yield recorder
    finally:
        sqlite.sqlite3_vfs_unregister(ctypes.byref(recorder.vfs))
        sqlite.sqlite3_vfs_register(cast(recorder._real, c_void_p), 1)
