"""A pytest plugin for runs under coverage: notes which test file reached which code.

coverage run -m pytest -p tests.helpers.coverage_contexts …
"""

from __future__ import annotations

from collections.abc import Generator

import pytest
from coverage import Coverage


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Count all of a test, from its fixtures' setup to their teardown, for the test's file."""
    running = Coverage.current()
    assert running is not None, "there is no coverage without `coverage run`"
    running.switch_context(item.location[0].replace("\\", "/"))
    try:
        return (yield)
    finally:
        running.switch_context("")
