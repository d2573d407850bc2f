"""``optiverse-collab merge`` after the server was restored: copies bring back what the backup lacks."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from optiverse_collab.convert import read_bench
from optiverse_collab.core.records import Remove
from optiverse_collab.scripting import Bench
from optiverse_collab_server.cli.main import main
from optiverse_collab_server.storage.schema import FILE_NAME
from tests.helpers.cli import SMALL, succeed
from tests.helpers.server_process import ServerProcess

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no signal that ends a program cleanly"
)


class Lab:
    """A session of which there is a backup, and two copies from after it: Ben left before Ann did."""

    def __init__(self, server: ServerProcess, folder: Path) -> None:
        self.there = ["--server", server.url, "--session", "lab"]
        self.backup = folder / "backup"
        self.copies = {name: str(folder / f"{name}.json") for name in ("ann", "ben")}
        succeed("push", SMALL, *self.there)
        assert main(["backup", str(self.backup), "--data", str(folder / "data")]) == 0
        self.moved, self.later, self.gone, *_ = [one["item_uuid"] for one in read_bench(SMALL)["items"]]
        with Bench(server.url, "lab", "Ann") as bench:
            bench[self.moved].move(11.0, 12.0)
            bench.flush()
            succeed("pull", self.copies["ben"], *self.there)
            bench[self.later].move(21.0, 22.0)
            bench.edit([Remove(self.gone)])
            bench.flush()
            succeed("pull", self.copies["ann"], *self.there)


@pytest.mark.parametrize(("is_copied", "order"), [(False, ("ann", "ben")), (True, ("ben", "ann"))])
def test_two_copies_bring_everything_back(is_copied: bool, order: tuple[str, str], tmp_path: Path) -> None:
    """CLK-8, HIST-12: whoever comes first, and however the backup was put in place."""
    data = tmp_path / "data"
    with ServerProcess(data) as server:
        lab = Lab(server, tmp_path)
        server.terminate()
        if is_copied:
            shutil.copy(lab.backup / FILE_NAME, data / FILE_NAME)
        else:
            assert main(["restore", str(lab.backup), "--data", str(data)]) == 0
        server.start()
        for name in order:
            said = succeed("merge", lab.copies[name], *lab.there)
            assert "(sure)" in said
        with Bench(server.url, "lab", "Eve") as bench:
            assert bench[lab.moved]["pos"] == [11.0, 12.0]
            assert bench[lab.later]["pos"] == [21.0, 22.0]
            assert lab.gone not in bench
