"""The page of the lab book, in Markdown."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest
from markdown_it import MarkdownIt

from optiverse_collab.core.protocol.address import parse_address
from optiverse_collab.core.records import Op, Put, Record, Remove, Set
from optiverse_collab.report import page as page_module
from optiverse_collab.report.page import page
from tests.helpers.reports import component, report

M3 = component("m3", name="M3", pos=[0.0, 0.0], angle_deg=0.0)
M4 = component("m4", name="M4", pos=[0.0, 0.0])
DAY = [
    ("Ana", Set("m3", {"pos": [3.0, 4.0]})),
    ("Ben", Remove("m4")),
    ("Ana", Set("m3", {"angle_deg": 45.0})),
]
TOKEN, PIN = "cHl0aG9uLWFuZC1RdDEyMw", "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"


def tables(text: str) -> list[list[list[str]]]:
    """The cells of all tables of a page, as they are read."""
    found: list[list[list[str]]] = []
    is_cell = False
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif is_cell:
            found[-1][-1].append("".join(child.content for child in token.children or ()))
        is_cell = token.type in ("th_open", "td_open")
    return found


def links(text: str) -> list[str]:
    """The targets of a page's links."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    children = [child for token in tokens for child in token.children or ()]
    return [str(child.attrs["href"]) for child in children if child.type == "link_open"]


def test_a_page_says_who_did_what_and_what_differs() -> None:
    text = page(report([M3, M4], *DAY), "lab.svg", ["A note.", "And one more."])
    assert text.startswith(
        "# Lab book: session lab, 2027-01-16\n\n"
        "From 2027-01-16 12:00 to 12:02 (UTC+00:00), Ana did 2 steps and Ben did 1 step.\n\n"
        "![The bench of session lab, before and after](lab.svg)\n\nA note. And one more.\n\n"
    )
    [differences, steps] = tables(text)
    assert differences[1:] == [
        [
            '"M3"',
            "moved by 5.0 mm, rotated by 45.0°",
            "position (0.0, 0.0) mm, angle 0.0°",
            "position (3.0, 4.0) mm, angle 45.0°",
            "Ana",
        ],
        ['"M4"', "removed", "position (0.0, 0.0) mm", "", "Ben"],
    ]
    m3, there = '"M3"', "position (3.0, 4.0) mm"
    assert steps == [
        ["Time", "Who", "Item", "Change", "Before", "After", "Open"],
        ["12:00:00", "Ana", m3, "moved by 5.0 mm", "position (0.0, 0.0) mm", there, "101"],
        ["12:01:00", "Ben", '"M4"', "removed", "position (0.0, 0.0) mm", "", "102"],
        ["12:02:00", "Ana", m3, "rotated by 45.0°", "angle 0.0°", "angle 45.0°", "103"],
    ]


def test_each_step_has_a_link_to_its_moment() -> None:
    """And to its item, if that is still there."""
    place = "wss://lab:8765/ws/lab"
    assert links(page(report([M3, M4], *DAY), "lab.svg")) == [
        f"{place}#clock=101&item=m3",
        f"{place}#clock=102",
        f"{place}#clock=103&item=m3",
    ]


def test_a_link_can_be_read_on_paper() -> None:
    """GitHub, too, shows nothing but the number of a link that is not https://."""
    text = page(report([M3, M4], *DAY, session="a_b"), "lab.svg")
    [paragraph] = [one for one in text.split("\n\n") if one.startswith("Each number")]
    shown = MarkdownIt("commonmark").render(paragraph)
    assert "103 for example to wss://lab:8765/ws/a_b#clock=103; <code>" in shown


def test_the_secrets_of_the_address_are_in_no_page() -> None:
    """LINK-2: the page may be mailed."""
    text = page(report([M3, M4], *DAY, server=f"wss://lab:1/ws/lab#t={TOKEN}&pin={PIN}"), "lab.svg")
    assert "wss://lab:1/ws/lab#clock=101" in text
    assert TOKEN not in text
    assert PIN not in text


def test_hostile_names_stay_text() -> None:
    """And each leads to its item."""
    name = "a | b `c` [d](e) <img src=x> \u202e\n"
    start = [component(name, name=name, pos=[0, 0])]
    text = page(report(start, (name, Set(name, {"pos": [1, 0]})), session=name), f"{name}.svg")
    shown = "a | b `c` [d](e) <img src=x> \\u202e\\n"
    [[_, difference], [_, step]] = tables(text)
    assert difference[0] == step[2] == f'"{shown}"'
    assert difference[4] == step[1] == shown
    assert parse_address(links(text)[0]).item == name
    assert MarkdownIt("commonmark").enable("table").render(text).count("<img") == 1


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_page_says_what_the_server_has_dropped(is_whole: bool) -> None:
    text = page(report([M3], *DAY[:1], is_whole=is_whole), "x.svg")
    sentence = (
        "The server keeps the history of this session from 2027-01-16 12:00 on, so earlier steps are missing"
    )
    assert (sentence in text) is not is_whole


def test_several_days_have_their_dates() -> None:
    zone = timezone(timedelta(hours=11, minutes=59))
    text = page(report([M3, M4], *DAY, zone=zone), "x.svg")
    assert "From 2027-01-16 23:59 to 2027-01-17 00:01 (UTC+11:59)" in text
    assert [row[0] for row in tables(text)[1][1:]] == [
        "2027-01-16 23:59:00", "2027-01-17 00:00:00", "2027-01-17 00:01:00",
    ]  # fmt: skip


def test_what_was_undone_is_no_difference() -> None:
    text = page(report([M3], DAY[0], ("Ben", Set("m3", {"pos": [0.0, 0.0]}))), "x.svg")
    assert "None: at the end, everything is as at the start." in text
    assert len(tables(text)[0]) == 3


def test_a_step_of_many_items_is_counted() -> None:
    """And what changed nothing but layers is one row, with a link to the moment."""
    many = [component(f"i{number}", name=f"I{number}", x=0) for number in range(15)]
    values: list[Op] = [Set(one.id, {"x": number}) for number, one in enumerate(many, start=1)]
    layers: list[Op] = [Set(one.id, {"order": 0.5}) for one in many[-2:]]
    text = page(report(many, ("Ana", *layers, *values[:-2])), "x.svg")
    rows = tables(text)[1][1:]
    assert rows[0][2:6] == ['"I13" and "I14"', "moved in the layers", "", ""]
    assert [row[:2] for row in rows[1:]] == [["", ""]] * 10
    assert rows[1][2:6] == ['"I0"', "changed x", "x 0", "x 1"]
    assert rows[10][2] == "… and 4 more"
    [first, second, *_] = links(text)
    assert (parse_address(first).item, parse_address(second).item) == (None, "i0")
    assert parse_address(links(text)[-1]).item is None


def test_a_step_may_be_about_no_item() -> None:
    """Its file has other data, which is shown nowhere."""
    text = page(report([Record("assembly", "assembly", {})], ("Ana", Set("assembly", {"x": 1}))), "x.svg")
    assert tables(text)[0][1][2:] == ["Other data of the bench", "", "", "", "101"]


def test_the_tables_end_somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """And say so."""
    monkeypatch.setattr(page_module, "DIFFERENCES", 1)
    monkeypatch.setattr(page_module, "STEPS", 2)
    text = page(report([M3, M4], *DAY), "x.svg")
    [differences, steps] = tables(text)
    assert [row[0] for row in differences[2:]] == ["… and 1 more"]
    assert [row[6] for row in steps[1:]] == ["102", "103"]
    assert "Only the last 2 of 3 steps are listed." in text


def test_the_same_history_gives_the_same_page() -> None:
    made = [page(report([M3, M4], *DAY, ("Zoë", Put("n", "x"))), "x.svg") for _ in range(2)]
    assert made[0] == made[1]
