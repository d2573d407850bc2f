"""Build the distributions for a release, and play the quick start with only their wheels.

    make dist

The wheels and sources are in `dist/` afterwards. The environment into which the wheels are installed is a
temporary one, so whatever a wheel lacks is missing there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
PINS = ROOT / "constraints.txt"
IMPORTS = "import optiverse_collab.plugin, optiverse_collab_demo.app, optiverse_collab_server.serving"


def main() -> None:
    """Run all steps; exits with the code of the first one that fails."""
    uv = os.environ.get("UV", "uv")  # `uv run` sets this to itself
    DIST.mkdir(exist_ok=True)
    for old in DIST.glob("optiverse_collab*"):
        old.unlink()
    os.environ["OPTIVERSE_COLLAB_RELEASE"] = "1"  # read by server/hatch_build.py
    run([uv, "build", "--quiet", "--all-packages", "--out-dir", str(DIST), "--build-constraints", str(PINS)])
    wheels = sorted(DIST.glob("*.whl"))
    print("Built:", *sorted(path.name for path in DIST.glob("optiverse_collab*")), sep="\n  ", flush=True)
    with tempfile.TemporaryDirectory() as name:
        python = new_environment(uv, Path(name) / "environment", wheels)
        run([python, "-c", IMPORTS], folder=name)
        run([python, str(ROOT / "scripts" / "quick_start.py")], folder=name)


def new_environment(uv: str, folder: Path, wheels: list[Path]) -> str:
    """Install wheels and their dependencies into a separate environment; returns its Python."""
    run([uv, "venv", "--quiet", str(folder)])
    python = str(folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    # Like a user without a host that brings Qt.
    named = [f"{wheel}[qt]" if wheel.name.startswith("optiverse_collab-") else str(wheel) for wheel in wheels]
    run([uv, "pip", "install", "--quiet", "--python", python, "--constraints", str(PINS), *named])
    return python


def run(command: list[str], folder: str | Path = ROOT) -> None:
    """Run a command to its end; exit with its code if it fails."""
    code = subprocess.run(command, cwd=folder).returncode
    if code:
        sys.exit(code)


if __name__ == "__main__":
    main()
