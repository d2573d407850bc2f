"""Texts, comments and names are in the English of native-speaking engineers, for tired people.

No test can see whether a sentence reads well. This one refuses phrases that made readers stumble.
The rest is up to us: short sentences, active verbs, the subject first. A docstring starts with a verb, or
with a noun that the field knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent

BETTER = {
    r"\banew\b": "again",
    r"\bshall\b": "must, or the present tense",
    r"\bendlessly\b": "without end",
    r"\bfor ever\b": "always, or until …",
    r"\bupon\b": "on, or when",
    r"\blest\b": "so that … not",
    r"\bin vain\b": "say what failed",
    r"\bby (it|them|him|her)sel(f|ves)\b": "alone, automatically, on its own",
    r"\btell(s|ing)? of\b": "report, say",
    r"\b(is|are|was|were|be|been) told\b": "learns, sees, gets a report",
    r"\bso many\b": "how many, this many",
    r"\b(take|takes|taking|taken|took) away\b": "remove",
    r"\bwhat (is|was) said\b": "the text, the sentence, the value",
    r"\bbefore you said\b": "until you decide",
    r"\bof (theirs|hers)\b": "their, one of their",
    r"\b(stay|leave|left|keep)(s|ed)?\b[^.;:]{0,40}\bas (it|they) (is|are|was|were)\b": "unchanged",
    r"\bthat is to be\b": "say what to do with it",
    r"\bbut for\b": "except",
    r"(?<!inst)\ball the same\b": "anyway, still",
    r"\bwithout a word\b": "silently",
    r"\bput(s)? right\b": "restore, correct",
    r"\b(go|goes|went) on [a-z]+ing\b": "keep, keeps, kept …ing",
    r"\bfor want of\b": "because … is missing",
}
"""What to avoid → what to write."""

FOLDERS = [
    ".ci",
    ".github",
    "benchmarks",
    "demo",
    "deploy",
    "docs",
    "examples",
    "optiverse_collab",
    "scripts",
]
FOLDERS += ["server/optiverse_collab_server", "tests"]
TEXTS = {"", ".md", ".py", ".toml", ".yaml", ".yml", ".service", ".timer", ".conf"}
OTHERS = ("tests/data/", "tests/test_language.py")
"""Not ours to word, and the table above."""


def texts() -> Iterator[tuple[str, str]]:
    """The name and the content of each file in which we write English."""
    paths = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    for path in [
        *paths,
        *ROOT.glob("*.md"),
        *ROOT.glob("*.toml"),
        *ROOT.glob("server/*.*"),
        ROOT / "Makefile",
    ]:
        name = path.relative_to(ROOT).as_posix()
        is_ours = path.suffix in TEXTS and not name.endswith("LICENSE") and not name.startswith(OTHERS)
        if is_ours and path.is_file():
            yield name, path.read_text(encoding="utf-8")


def stumbles(text: str) -> Iterator[tuple[int, str, str]]:
    """The lines of a text that have something to avoid: number, what, and what to write."""
    for phrase, better in BETTER.items():
        for found in re.finditer(phrase, text, re.IGNORECASE):
            yield text.count("\n", 0, found.start()) + 1, found[0], better


def test_texts_avoid_what_made_readers_stumble() -> None:
    names_and_texts = list(texts())
    assert len(names_and_texts) > 1000
    found = [
        f"{name}:{line}: {what!r}; better: {better}"
        for name, text in names_and_texts
        for line, what, better in stumbles(text)
    ]
    assert found == []


def test_what_to_avoid_is_seen() -> None:
    assert list(stumbles("It works.\nIt starts anew, By itself.")) == [
        (2, "anew", "again"),
        (2, "By itself", "alone, automatically, on its own"),
    ]
    assert list(stumbles("Install the same again; as it was then.")) == []
