"""The table of undo: every user step, times what others may do to the same bench meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from optiverse_collab.host.optiverse.upstream.version import module_exists
from tests.helpers.optiverse_commands import GROUPS, LAYERS
from tests.helpers.optiverse_concurrent_edits import MEANWHILE, MEANWHILE_AT_LAYERS

IN_02 = module_exists("optiverse.core.layer_group")
COMMANDS = GROUPS if IN_02 else LAYERS
MEANWHILES = MEANWHILE if IN_02 else MEANWHILE | MEANWHILE_AT_LAYERS


def every_cell(test: Callable[..., None]) -> Any:
    """Run a test for each: `name` of the command, `step` that pushes it, and `meanwhile`."""
    steps = [
        pytest.param(name, step, id=f"{name}-{step.__name__[1:]}")
        for name, steps in COMMANDS.items()
        for step in steps
    ]
    rows = pytest.mark.parametrize(("name", "step"), steps)
    return pytest.mark.parametrize("meanwhile", MEANWHILES)(rows(test))
