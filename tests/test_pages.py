"""The pages: their links lead somewhere, and their programs import only what is made for users."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parent.parent
MADE_HERE = ("build", "dist")


def is_ours(path: Path) -> bool:
    """Whether a file belongs to the project, rather than being made or downloaded by a tool."""
    folders = path.relative_to(ROOT).parts[:-1]
    return not any(name in MADE_HERE or (name.startswith(".") and name != ".github") for name in folders)


PAGES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.md") if is_ours(path))
EXAMPLES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "examples").glob("*.py"))

HOSTS = {
    "docs.nats.io": "the store that several servers can share",
    "github.com": "where this project, the editor, and what we learned from, are kept",
    "keepachangelog.com": "the headings of CHANGELOG.md",
    "nssm.cc": "runs the server as a service on Windows",
    "pluggy.readthedocs.io": "how plugins and hosts meet",
    "semver.org": "what our versions mean",
}
"""External hosts that pages link to. Nothing is fetched; a new host is a decision."""

FOR_USERS = ("scripting", "host", "hookspecs", "errors", "testing")
"""What other people's programs may import from `optiverse_collab`; the rest may change without notice."""

INSIDE = {"docs/architecture.md", "examples/two_replicas.py"}
"""Pages that show the core to those who work on it."""


@cache
def tokens(page: str) -> list[Token]:
    """A page, parsed; the tokens within a line follow that line's token."""
    parsed = MarkdownIt("commonmark").enable("table").parse((ROOT / page).read_text("utf-8"))
    return [part for token in parsed for part in (token, *(token.children or ()))]


def links(page: str) -> list[str]:
    """All links of a page, including those to pictures."""
    found = [token.attrGet("href") or token.attrGet("src") for token in tokens(page)]
    return [str(link) for link in found if link]


def anchors(page: str) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    names: list[str] = []
    for heading, line in zip(tokens(page), tokens(page)[1:], strict=False):
        if heading.type == "heading_open":
            text = "".join(part.content for part in line.children or ())
            name = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
            names.append(f"{name}-{names.count(name)}" if name in names else name)
    return set(names)


def dead(page: str, link: str) -> bool:
    """Whether a link within the project leads nowhere."""
    path, _, anchor = link.partition("#")
    target = (ROOT / page).parent / unquote(path) if path else ROOT / page
    if not target.exists() or not target.resolve().is_relative_to(ROOT):
        return True
    within = target.resolve().relative_to(ROOT).as_posix()
    return bool(anchor) and (not within.endswith(".md") or anchor not in anchors(within))


@pytest.mark.parametrize("page", PAGES)
def test_links_within_the_project_lead_somewhere(page: str) -> None:
    assert [link for link in links(page) if not urlsplit(link).scheme and dead(page, link)] == []


def test_dead_links_are_noticed() -> None:
    page = "docs/tour.md"
    assert not dead(page, "architecture.md#the-server")
    assert not dead(page, "../README.md")
    assert not dead(page, "#answers")
    for link in ["#question", "architecture.md#the-serve", "README.md", "../../README.md", "testing.py#l1"]:
        assert dead(page, link)


@pytest.mark.parametrize("page", PAGES)
def test_links_to_others_are_encrypted_and_known(page: str) -> None:
    for url in filter(lambda url: url.scheme, map(urlsplit, links(page))):
        assert (url.scheme, url.hostname in HOSTS) == ("https", True), url.geturl()


def programs(page: str) -> Iterator[ast.Module]:
    """The Python code in a page; of terminal sessions, the imports."""
    for token in tokens(page):
        if token.type == "fence":
            lines = re.findall(r"^(?:from|import) optiverse_collab.*$", token.content, re.MULTILINE)
            yield ast.parse(token.content if token.info == "python" else "\n".join(lines))


def imports(program: ast.Module) -> Iterator[str]:
    """The modules of ours that a program imports, without the package's name."""
    for node in ast.walk(program):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            package, _, module = name.partition(".")
            if package.startswith("optiverse_collab"):
                yield module if package == "optiverse_collab" else name


def test_programs_import_what_is_made_for_users() -> None:
    shown = {page: [*programs(page)] for page in PAGES if page not in INSIDE}
    shown |= {path: [ast.parse((ROOT / path).read_text("utf-8"))] for path in EXAMPLES if path not in INSIDE}
    found = {(where, name) for where, all in shown.items() for one in all for name in imports(one)}
    assert {"README.md", "docs/scripting.md", "docs/host-integration.md"} <= {where for where, _ in found}
    assert [each for each in sorted(found) if each[1].split(".")[0] not in FOR_USERS] == []


def test_imports_of_what_is_not_for_users_are_noticed() -> None:
    program = "import os, optiverse_collab.core\nfrom optiverse_collab import cli, errors"
    assert [*imports(ast.parse(program))] == ["core", "cli", "errors"]


def test_the_tour_has_seven_files_and_half_an_hour() -> None:
    tour = (ROOT / "docs" / "tour.md").read_text("utf-8")
    stops = re.findall(r"^\| (\d) \| \[`(.+)`\]\(\.\./(.+)\) \| (\d) \|$", tour, re.MULTILINE)
    assert [number for number, *_ in stops] == list("1234567")
    assert all(shown == linked for _, shown, linked, _ in stops)
    assert sum(int(minutes) for *_, minutes in stops) == 30
    assert tour.count("**Question.**") == tour.count("Look for: ") == 7
