"""Bench files on disk."""

from __future__ import annotations

import json
import math
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from optiverse_collab.convert.reading import check_bench
from optiverse_collab.errors import BenchFileError


def read_bench(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read a bench file.

    NaN and infinities are read; `records_from_bench` leaves out items that have one.

    Raises:
        BenchFileError: the file is missing, can't be read, is not JSON, or is not a bench.
    """
    name = os.fspath(path)
    try:
        # Notepad puts a byte order mark in front.
        text = Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BenchFileError(f"There is no file {name}; check the path.") from None
    except UnicodeDecodeError:
        raise BenchFileError(f"{name} is not a bench file: it is not text in UTF-8.") from None
    except OSError as error:
        raise BenchFileError(f"{name} can't be read: {error.strerror or error}.") from None
    try:
        bench = json.loads(text)
    except RecursionError:
        raise BenchFileError(f"{name} can't be read: it nests too deep to be a bench.") from None
    except json.JSONDecodeError as error:
        raise BenchFileError(
            f"{name} is not a complete JSON file (line {error.lineno}, column {error.colno}: {error.msg}); "
            "use a complete copy."
        ) from None
    except ValueError as error:
        raise BenchFileError(f"{name} can't be read: {error}.") from None
    check_bench(bench, name)
    return dict(bench)


def write_bench(path: str | os.PathLike[str], bench: dict[str, Any]) -> None:
    """Write a bench file as Optiverse does, completely or not at all.

    The new file replaces the old one only once it is completely on disk; links are followed,
    and an existing file keeps its permissions.

    Raises:
        BenchFileError: the folder is missing or can't be written to, or JSON can't represent the
        bench.
    """
    name = os.fspath(path)
    try:
        text = json.dumps(bench, indent=2, allow_nan=False)
    except ValueError:
        raise BenchFileError(f"{name} was not written: {next(_not_finite(bench, ''))}.") from None
    except TypeError as error:
        raise BenchFileError(f"{name} was not written: {error}.") from None
    write_text(path, text)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a text file in UTF-8, completely or not at all; see `write_bench`.

    Raises:
        BenchFileError: the folder is missing or can't be written to.
    """
    name, target = os.fspath(path), Path(os.path.realpath(path))
    # Not with `tempfile`, which makes files that only their owner may read.
    temporary = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.tmp")
    try:
        try:
            with open(temporary, "x", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                temporary.chmod(target.stat().st_mode)
            os.replace(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)
    except FileNotFoundError:
        raise BenchFileError(f"{name} was not written: there is no folder {target.parent}.") from None
    except OSError as error:
        raise BenchFileError(
            f"{name} was not written: {error.strerror or error}; "
            "choose another place, or close the file where it is open."
        ) from None


def _not_finite(value: Any, where: str) -> Iterator[str]:
    """The places of numbers that JSON can't represent."""
    if isinstance(value, float) and not math.isfinite(value):
        yield f"{where} is {value}, which JSON can't hold"
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _not_finite(part, f"{where}.{key}" if where else str(key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _not_finite(part, f"{where}[{index}]")
