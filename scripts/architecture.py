"""Write the tree of rooms in docs/architecture.md from the docstrings of the packages.

    make architecture

The first line of a package's docstring describes the room; the rooms are in the order of the contracts in
pyproject.toml, read from the bottom.
"""

from __future__ import annotations

import ast
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "architecture.md"
PACKAGES = [
    ROOT / "optiverse_collab",
    ROOT / "demo" / "optiverse_collab_demo",
    ROOT / "server" / "optiverse_collab_server",
]
BLOCK = re.compile(r"(?<=<!-- rooms: make architecture -->\n).*?(?=<!-- end of rooms -->)", re.DOTALL)
NAME_WIDTH, WIDTH = 22, 150


def main() -> None:
    """Write the tree into the page."""
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(BLOCK.sub(lambda found: tree(), page), encoding="utf-8", newline="\n")


def tree() -> str:
    """All rooms with their descriptions and modules, as a block of Markdown."""
    lines = [line for package in PACKAGES for line in _room(package, 0)]
    return "\n".join(["```", *lines, "```", ""])


def _room(folder: Path, depth: int) -> Iterator[str]:
    name = f"{'  ' * depth}{folder.name}/"
    if len(name) < NAME_WIDTH:
        yield f"{name:{NAME_WIDTH}}{_purpose(folder)}"
    else:
        yield name
        yield f"{'':{NAME_WIDTH}}{_purpose(folder)}"
    modules = sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("__"))
    yield from textwrap.wrap(
        " · ".join(modules),
        WIDTH - NAME_WIDTH,
        initial_indent=" " * NAME_WIDTH,
        subsequent_indent=" " * NAME_WIDTH,
    )
    inside = [path.parent for path in folder.glob("*/__init__.py")]
    for room in sorted(inside, key=lambda room: (_floor(room), room.name)):
        yield from _room(room, depth + 1)


def _purpose(folder: Path) -> str:
    """The first line of a package's docstring."""
    source = (folder / "__init__.py").read_text(encoding="utf-8")
    docstring = ast.get_docstring(ast.parse(source))
    if docstring is None:
        raise SystemExit(f"{folder.relative_to(ROOT)} has no docstring; say what belongs there.")
    return docstring.splitlines()[0].rstrip(".")


def _floor(room: Path) -> int:
    """How many layers lie below a room, according to the contracts."""
    laws = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    parent = ".".join(room.parent.relative_to(ROOT).parts)
    for law in laws["contracts"]:
        if parent in law.get("containers", ()):
            below = list(reversed(law["layers"]))
            return next(i for i, layer in enumerate(below) if room.name in re.split(r"\W+", layer))
    return 0


if __name__ == "__main__":
    main()
