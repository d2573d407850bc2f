"""Run uv on this checkout, after installing what is missing: system libraries, uv itself, the environment.

    python3 scripts/bootstrap.py run pytest

Standard library only, and it runs on any Python from 3.8 on, because nothing is installed yet: uv then
picks an interpreter that the project supports. The reasons are in docs/decisions/0002-environment.md.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINS = ROOT / "constraints.txt"
UV_PIN = ROOT / "scripts" / "uv.txt"
# These files determine the environment; if their content changes, it is made again.
PROJECTS = [ROOT, ROOT / "demo", ROOT / "server"]
INPUTS = [PINS, *(project / "pyproject.toml" for project in PROJECTS), Path(__file__)]

# Libraries that PyQt6's wheels load but lack (`ldd` on QtWidgets, QtSvg, QtWebSockets and the offscreen
# and xcb platform plugins), and their Debian packages. Installing the missing ones brings the rest.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
}


def main(arguments: list[str]) -> None:
    """Install what is missing, then become `uv` with these arguments."""
    os.chdir(ROOT)
    os.environ.pop("VIRTUAL_ENV", None)  # ignore the activation of another environment
    digest = fingerprint()
    if not is_ready(digest):
        install_system_packages()
    uv = find_uv() or install_uv()
    if not is_ready(digest):
        make_environment(uv)
        stamp().write_text(digest, encoding="utf-8")
    os.environ["UV_NO_SYNC"] = "1"  # the environment is complete: `uv run` need not check again
    command = [uv, *arguments]
    if os.name == "nt":  # exec on Windows returns to the shell at once
        sys.exit(subprocess.call(command))
    os.execv(uv, command)


def environment() -> Path:
    """The folder of the environment; uv uses the same one."""
    return ROOT / os.environ.get("UV_PROJECT_ENVIRONMENT", ".venv")


def interpreter() -> Path:
    """The environment's Python."""
    return environment() / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def stamp() -> Path:
    """The file that records the inputs of the environment."""
    return environment() / "made-from.sha256"


def fingerprint() -> str:
    """A hash of everything that determines the environment."""
    digest = hashlib.sha256()
    for part in [sys.platform, platform.machine(), str(ROOT), os.environ.get("UV_PYTHON", "")]:
        digest.update(part.encode() + b"\0")
    for path in INPUTS:
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def is_ready(digest: str) -> bool:
    """Whether the environment was made from these inputs, and its interpreter still exists."""
    return interpreter().exists() and stamp().exists() and stamp().read_text(encoding="utf-8") == digest


def install_system_packages() -> None:
    """Install the missing Debian packages, or print the one command that does.

    Exits: something is missing that this user or this system can't install.
    """
    if not sys.platform.startswith("linux"):
        return  # elsewhere, Python includes venv, and PyQt6's wheels all libraries that they load
    packages = missing_packages()
    if not packages:
        return
    if shutil.which("apt-get") is None:
        sys.exit("These Debian packages, or what your system calls them, are missing: " + " ".join(packages))
    install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if os.geteuid() != 0:
        sys.exit("System packages are missing. Please run this, then try again:\n  sudo " + " ".join(install))
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    execute(["apt-get", "update", "-q"])
    execute(install)


def missing_packages() -> list[str]:
    """The required Debian packages that are not installed."""
    packages = [package for library, package in QT_LIBRARIES.items() if not loads(library)]
    if find_uv() is None and importlib.util.find_spec("ensurepip") is None:
        packages.append("python3-venv")  # without it Debian's Python has neither pip nor venv
    return packages


def loads(library: str) -> bool:
    """Whether the dynamic linker finds this library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def find_uv() -> str | None:
    """The uv on PATH, else our own; only one that meets `required-version` in pyproject.toml."""
    for candidate in [shutil.which("uv"), str(own_uv())]:
        if candidate is None or not Path(candidate).exists():
            continue
        # Any command that reads the project's settings checks required-version; this one does no more.
        if subprocess.run([candidate, "python", "dir"], capture_output=True).returncode == 0:
            return candidate
    return None


def own_uv() -> Path:
    """The path of our own uv, present or future."""
    return ROOT / ".tools" / "uv" / ("Scripts/uv.exe" if os.name == "nt" else "bin/uv")


def install_uv() -> str:
    """Install the pinned uv in a folder inside the checkout."""
    folder = own_uv().parent.parent
    execute([sys.executable, "-m", "venv", "--clear", str(folder)])
    pip = [str(own_uv().with_name(Path(sys.executable).name)), "-m", "pip"]
    execute([*pip, "install", "--quiet", "--require-hashes", "--only-binary", ":all:", "-r", str(UV_PIN)])
    return str(own_uv())


def make_environment(uv: str) -> None:
    """Make the environment from the pins, each download checked against its hash."""
    execute([uv, "venv", "--quiet", "--clear", str(environment())])
    install = [uv, "pip", "install", "--quiet", "--python", str(interpreter())]
    execute([*install, "--require-hashes", "--no-deps", "-r", str(PINS)])
    # The build backend is among the pins; so nothing unpinned is fetched to build these.
    execute([*install, "--no-deps", "--no-build-isolation", "-e", ".", "-e", "demo", "-e", "server"])


def execute(command: list[str]) -> None:
    """Run a command with its own output; exit with its code if it fails."""
    print("$", " ".join(command), flush=True)
    code = subprocess.call(command, stdin=subprocess.DEVNULL)
    if code:
        sys.exit(code)


if __name__ == "__main__":
    main(sys.argv[1:])
