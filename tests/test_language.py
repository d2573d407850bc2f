"""Texts, comments and names are in the English of native-speaking engineers, for tired people.

No test can see whether a sentence reads well. This one refuses phrases that made readers stumble.
The rest is up to us: short sentences, active verbs, the subject first. A docstring starts with a verb, or
with a noun that the field knows.
"""

from __future__ import annotations

import re
import subprocess
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
    r"\bfor want of\b": "because … is missing",
}
"""What to avoid → what to write."""

EXCEPT = re.compile(
    r"(^|/)LICENSE$|^constraints\.txt$|^tests/(data/|test_language\.py$)|\.(gif|ico|json|lock|png|svg)$"
)
"""Files of others, data and pictures, and the table above."""


def stumbles(text: str) -> Iterator[tuple[int, str, str]]:
    """The lines of a text that have something to avoid: number, what, and what to write."""
    for phrase, better in BETTER.items():
        for found in re.finditer(phrase, text, re.IGNORECASE):
            yield text.count("\n", 0, found.start()) + 1, found[0], better


def test_texts_avoid_what_made_readers_stumble() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True)
    names = [name for name in listed.stdout.splitlines() if not EXCEPT.search(name)]
    assert len(names) > 1000
    found = [
        f"{name}:{line}: {what!r}; better: {better}"
        for name in names
        if (ROOT / name).is_file()
        for line, what, better in stumbles((ROOT / name).read_text(encoding="utf-8"))
    ]
    assert found == []


def test_what_to_avoid_is_seen() -> None:
    assert list(stumbles("It works.\nIt starts anew, By itself.")) == [
        (2, "anew", "again"),
        (2, "By itself", "alone, automatically, on its own"),
    ]
    assert list(stumbles("Install the same again; as it was then.")) == []
