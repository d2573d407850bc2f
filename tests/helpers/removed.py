"""An environment in which something is missing, or can't be loaded: links to everything else installed."""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def environment_without(module: str, folder: Path, fault: str = "") -> dict[str, str]:
    """The variables for `python -S` with which all is there except one module and its distribution.

    Args:
        module: its full name; ``PyQt6.QtWebSockets`` leaves the rest of PyQt6.
        folder: an empty folder for the links.
        fault: what importing it raises, as an expression; a module that is missing raises what Python does.
    """
    packages = Path(sysconfig.get_paths()["purelib"])
    package, _, part = module.partition(".")
    for entry in packages.iterdir():
        name = entry.name.partition("-")[0].partition(".")[0].lower()
        if name != package.lower():
            (folder / entry.name).symlink_to(entry)
        elif part and entry.name == package:
            (folder / package).mkdir()
            for inner in entry.iterdir():
                if inner.name.partition(".")[0] != part:
                    (folder / package / inner.name).symlink_to(inner)
    if fault:
        (folder / f"{module.replace('.', '/')}.py").write_text(f"raise {fault}\n", encoding="utf-8")
    inherited = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    # What is installed from its sources, such as the editor: `-S` leaves these files unread.
    sources = [line for file in packages.glob("*.pth") for line in file.read_text("utf-8").splitlines()]
    linked = [line for line in sources if line and Path(line).is_dir()]
    path = [str(ROOT), str(ROOT / "demo"), str(ROOT / "server"), *inherited, str(folder), *linked]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path), "PYTHONDONTWRITEBYTECODE": "1"}
