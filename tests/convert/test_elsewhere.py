"""Paths from other machines become text that names no file here, and keeps all information."""

from __future__ import annotations

import os.path
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from optiverse_collab.convert.elsewhere import FOLDER, original, stand_in, stays_below

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT)
@example("/etc/passwd")
@example("..")
@example("\\\\server\\share\\lens.png")
@example("C:\\Pictures\\ü.png")
@example(stand_in("/etc/passwd"))
def test_a_stand_in_keeps_the_path_and_stays_below(path: str) -> None:
    text = stand_in(path)
    assert original(text) == path
    name = text.removeprefix(FOLDER)
    assert not set(name) & set("/\\:\0")
    assert name not in (".", "..")
    assert os.path.normpath(f"/home/{text}") == f"/home/{text}".rstrip("/")


@given(TEXT)
def test_other_text_stands_for_itself(path: str) -> None:
    if not path.startswith(FOLDER):
        assert original(path) == path


@pytest.mark.parametrize("text", ["/etc", "..", "%2e", "%ff", "a%2f"])
def test_what_only_begins_like_a_stand_in_is_none(text: str) -> None:
    assert original(FOLDER + text) == FOLDER + text


@pytest.mark.parametrize("path", ["images/lens.png", "@component/mirror/1 inch.png", "ü/.hidden", "console"])
def test_plain_names_stay_below(path: str) -> None:
    assert stays_below(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "images//lens.png",
        "../lens.png",
        "images/../../lens.png",
        "images/./lens.png",
        "images/.. /lens.png",
        "C:lens.png",
        "C:\\lens.png",
        "\\\\server\\share",
        "images/lens.png:stream",
        "images/a\0b",
        "images/NUL",
        "images/com1.png",
    ],
)
def test_what_may_lead_elsewhere_does_not(path: str) -> None:
    assert not stays_below(path)


@given(TEXT)
def test_what_stays_below_is_relative_everywhere(path: str) -> None:
    if stays_below(path):
        assert not PurePosixPath(path).is_absolute()
        assert not PureWindowsPath(path).anchor
        assert ".." not in PureWindowsPath(path).parts
