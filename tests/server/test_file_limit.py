"""The limit on open files."""

from __future__ import annotations

import sys

import pytest

from optiverse_collab_server.file_limit import OTHERS, allow

if sys.platform == "win32":
    pytest.skip("Windows has no such limit.", allow_module_level=True)

import resource

NONE = resource.RLIM_INFINITY


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The limits of a made-up process; the last are in force."""
    kept = [(1024, 4096)]
    monkeypatch.setattr(resource, "getrlimit", lambda _: kept[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda _, both: kept.append(both))
    return kept


def test_as_many_files_as_connections_and_some_more(limits: list[tuple[int, int]]) -> None:
    """LIM-15: else the system decides how many there are."""
    assert allow(2000) == ""
    assert limits[-1] == (2000 + OTHERS, 4096)


@pytest.mark.parametrize("both", [(8192, 8192), (NONE, NONE)])
def test_what_is_enough_stays(both: tuple[int, int], limits: list[tuple[int, int]]) -> None:
    limits[:] = [both]
    assert allow(2000) == ""
    assert limits == [both]


def test_without_a_hard_limit_there_is_always_enough(limits: list[tuple[int, int]]) -> None:
    limits[:] = [(1024, NONE)]
    assert allow(100_000) == ""
    assert limits[-1] == (100_000 + OTHERS, NONE)


def test_too_low_a_hard_limit_is_a_warning(limits: list[tuple[int, int]]) -> None:
    assert allow(5000) == (
        "The system lets the server open 4096 files, enough for about 3896 of 5000 connections; "
        "allow it 5200 (LimitNOFILE in systemd), or set max-connections."
    )
    assert limits[-1] == (4096, 4096)


def test_this_process_really_gets_more() -> None:
    before, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (500, hard))
    try:
        allow(600 - OTHERS)
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (600, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (before, hard))
