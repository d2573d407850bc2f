"""Texts, comments and names are in the English of native-speaking engineers, for tired people.

No test can see whether a sentence reads well. This one refuses phrases that made readers stumble.
The rest is up to us: short sentences, active verbs, the subject first. A docstring starts with a verb, or
with a noun that the field knows.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

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
"""Text that is not ours, and the table above."""


def texts() -> Iterator[tuple[str, str]]:
    """The name and the content of each file that contains our English."""
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
    """The phrases to avoid in a text: line number, phrase, replacement."""
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


SPOKEN = re.compile(r"[A-Za-z][a-z']+[,:;]? [a-z']{2,}|^ ?[a-z]{2,} $")
"""Two words in a row, or one word between spaces."""

LABELS = re.compile(
    r"set(Text|ToolTip|WindowTitle|AccessibleName|PlaceholderText)|add(Action|Tab|Row)|Q[A-Z]\w+"
)
"""Calls of Qt whose text a user sees."""

SILENT = {"setObjectName", "compile", "Thread", "pyqtSlot", "setRawHeader"}
"""Calls whose text nobody sees."""

BEFORE_WORDING = {
    "optiverse_collab/host/faults.py",
    "optiverse_collab/host/plugins.py",
    "optiverse_collab/host/optiverse/launch.py",
}
"""They run where the libraries that `wording` needs are missing."""


def called(node: ast.Call) -> str:
    return ast.unparse(node.func).rpartition(".")[2]


def is_spared(node: ast.AST) -> bool:
    """Docstrings, errors, which are worded where they are raised, and text that nobody sees."""
    if isinstance(node, ast.Call):
        return called(node) in SILENT
    return isinstance(node, ast.Raise) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def texts_in_code(source: str) -> Iterator[str]:
    """The texts for users in a source's own code."""
    tree = ast.parse(source)
    spared = {id(part) for node in ast.walk(tree) if is_spared(node) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in spared and isinstance(node.value, str):
            if SPOKEN.search(node.value):
                yield node.value
        elif isinstance(node, ast.Call) and LABELS.fullmatch(called(node)):
            texts = [one.value for one in node.args if isinstance(one, ast.Constant)]
            yield from (one for one in texts if isinstance(one, str) and one[:1].isupper())


@pytest.mark.parametrize("room", ["drivers/qt", "host", "window"])
def test_texts_for_users_of_the_editor_stand_in_one_room(room: str) -> None:
    """`optiverse_collab.wording`, ready for a catalogue (docs/decisions/0044)."""
    sources = {
        path.relative_to(ROOT).as_posix(): path for path in (ROOT / "optiverse_collab" / room).rglob("*.py")
    }
    assert sources
    found = {
        name: texts
        for name, path in sources.items()
        if name not in BEFORE_WORDING and (texts := list(texts_in_code(path.read_text(encoding="utf-8"))))
    }
    assert found == {}


def test_texts_in_code_are_seen() -> None:
    source = """
def show(box):
    '''Say something to users.'''
    box.setText("Retry")
    box.setObjectName("the button for that")
    log(f"✗ {error}", "✗ It failed.")
    raise ValueError("it is not there")
"""
    assert sorted(texts_in_code(source)) == ["Retry", "✗ It failed."]
