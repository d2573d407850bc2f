"""Rays follow others' changes, and leave the window enough time."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import pytest

from optiverse_collab.host.optiverse.retrace import Retrace
from tests.helpers import user_input
from tests.helpers.optiverse_user import wait_until

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]


@pytest.fixture
def retraces(window: Any, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The times when the window traced its rays, which takes it 40 ms."""
    traced: list[float] = []

    def retrace() -> None:
        traced.append(time.monotonic())
        deadline = time.monotonic() + 0.04
        while time.monotonic() < deadline:
            pass

    monkeypatch.setattr(window, "retrace", retrace, raising=False)
    return traced


def test_many_changes_are_followed_by_few_retraces(window: Any, retraces: list[float]) -> None:
    rays = Retrace(window)
    for _ in range(40):
        rays.follow()
        user_input.wait(5)
    count = len(retraces)
    rays.follow()
    wait_until(lambda: len(retraces) > count)  # the last change is followed, too
    rays.close()
    gaps = [later - earlier for earlier, later in pairwise(retraces)]
    assert gaps
    assert min(gaps) > 0.04 * 3  # the time of one trace, and a rest of three times that


def test_a_user_who_wants_no_rays_gets_none(window: Any, retraces: list[float]) -> None:
    rays = Retrace(window)
    window.autotrace = False
    try:
        rays.follow()
        user_input.wait(50)
        assert retraces == []
    finally:
        window.autotrace = True
        rays.close()


def test_closed_it_traces_no_more(window: Any, retraces: list[float]) -> None:
    rays = Retrace(window)
    rays.follow()
    rays.close()
    user_input.wait(50)
    assert retraces == []
