"""Whether Optiverse is installed, and which version of it."""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from importlib import metadata
from pathlib import Path

REPOSITORY = "https://github.com/QPG-MIT/optiverse"


def is_installed() -> bool:
    """Whether the editor can be imported."""
    return module_exists("optiverse") and module_exists("optiverse.ui")


def is_incomplete() -> bool:
    """Whether the distribution is the editor's, but most of its modules are missing.

    Quirk: 0.3.4 and 0.2.7 name just one of their packages to setuptools, so a plain ``pip install`` leaves
    the others out.
    """
    return module_exists("optiverse") and not module_exists("optiverse.ui") and _names_repository()


def is_another_program() -> bool:
    """Whether there is an `optiverse`, but not the editor: the registry's project of that name."""
    return module_exists("optiverse") and not module_exists("optiverse.ui") and not _names_repository()


def _names_repository() -> bool:
    """Whether the installed distribution `optiverse` is made from the editor's repository."""
    try:
        about = metadata.metadata("optiverse")
    except metadata.PackageNotFoundError:
        return False
    urls = [*(about.get_all("Project-URL") or ()), *(about.get_all("Home-page") or ())]
    return any(REPOSITORY.lower() in url.lower() for url in urls)


@cache
def knows_layers() -> bool:
    """Whether this is Optiverse 0.3, which has a tree of layers where 0.2 has a list of groups."""
    return module_exists("optiverse.core.layer_tree_state")


def module_exists(name: str) -> bool:
    """Whether there is a module of this name to import."""
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


@cache
def installed_version() -> str:
    """The version of the installed Optiverse; empty if it is unknown.

    Quirk: 0.2.7 doesn't say, and 0.3.4 run from its repository may say that of another checkout that is
    installed; so, as 0.3.4 does, the project file next to the package is asked first.
    """
    spec = importlib.util.find_spec("optiverse")
    places = [] if spec is None else spec.submodule_search_locations or []
    for place in places:
        project = Path(place).parent.parent / "pyproject.toml"
        if project.is_file():
            stated = re.search(r'^version\s*=\s*"([^"]*)"', project.read_text("utf-8"), re.MULTILINE)
            if stated and re.search(r'^name\s*=\s*"optiverse"', project.read_text("utf-8"), re.MULTILINE):
                return stated[1]
    try:
        return metadata.version("optiverse")
    except metadata.PackageNotFoundError:
        return ""
