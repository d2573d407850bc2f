"""Many histories of servers that take over: ``python -m tests.server.standby.soak 10000``."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from unittest import mock

from optiverse_collab_server.standby import standing, store
from optiverse_collab_server.standby.followers import Mode
from optiverse_collab_server.standby.standing import Standing
from tests.helpers.leaping_clock import run_leaping
from tests.server.standby.takeovers import Story


def play(seeds: Iterable[int], mode: Mode | None = None) -> Counter[str]:
    """Play the history of each seed; returns how often what happened.

    Args:
        mode: see `Story`.
    """
    counts: Counter[str] = Counter()
    files: dict[Path, Standing] = {}  # ``standing.json`` of each server
    with ExitStack() as patches:
        patch = mock.patch.object
        patches.enter_context(patch(standing, "read_standing", lambda folder: files.get(folder, Standing())))
        patches.enter_context(patch(standing, "write_standing", files.__setitem__))
        if mode is not Mode.PREFER:
            patches.enter_context(patch(store, "LOAD_SECONDS", 0.0))
        for seed in seeds:
            try:
                run_leaping(Story(seed, counts, files, mode).play())
            except AssertionError as error:
                raise AssertionError(f"seed {seed}: {error}") from error
    return counts


def main(seeds: int) -> None:
    """Play many histories, and print what happened in them."""
    logging.disable()
    for mode in (None, Mode.PREFER):
        name = "off and always" if mode is None else mode.value
        sys.stdout.write(f"{name}: all of {seeds} histories held: {dict(play(range(seeds), mode))}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
