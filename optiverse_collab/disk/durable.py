"""Writes files that survive a power cut."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable; Windows always does.

    Raises:
        OSError: it failed.
    """
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_private(file: Path, content: bytes, replace: bool = True) -> None:
    """Write a file that only its user can read; after a crash it is complete or missing.

    Args:
        file: in a folder that exists.
        replace: whether to replace an existing file; otherwise it stays.

    Raises:
        OSError: it failed.
    """
    new = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        if replace:
            new.replace(file)
        else:
            _link(new, file)
        sync_folder(file.parent)
    finally:
        new.unlink(missing_ok=True)


def _link(new: Path, file: Path) -> None:
    """Give a file its name, unless another process was first."""
    try:
        os.link(new, file)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        new.replace(file)
