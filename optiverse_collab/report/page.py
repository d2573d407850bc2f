"""The page of the lab book, in Markdown: who did what, what differs afterwards, and a link to each moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from optiverse_collab.core.client.past_steps import PastStep
from optiverse_collab.report.contents import Report
from optiverse_collab.report.markdown import image, link, plain, table
from optiverse_collab.wording.activity import things
from optiverse_collab.wording.comparison import COLUMNS, Row, rows
from optiverse_collab.wording.conflicts import SOMEBODY
from optiverse_collab.wording.numbers import counted
from optiverse_collab.wording.values import joined

DIFFERENCES = 100
"""The table of differences has at most this many rows …"""

ITEMS = 10
"""… the table of steps this many for each step …"""

STEPS = 2000
"""… and this many steps, the last ones."""

_VALUES = tuple(zip(COLUMNS, (20, 25, 25, 25), strict=True))
_DIFFERENCES = (*_VALUES, ("Last changed by", 15))
_STEPS = (("Time", 10), ("Who", 12), *_VALUES, ("Open", 6))


def page(report: Report, picture: str, notes: Sequence[str] = ()) -> str:
    """The whole page.

    Args:
        picture: the name of the picture's file, in the page's folder.
        notes: about the picture, in sentences.
    """
    blocks = [
        f"# Lab book: session {plain(report.session)}, {report.began:%Y-%m-%d}",
        _summary(report),
        "" if report.is_whole else _missing(report),
        image(f"The bench of session {report.session}, before and after", quote(picture)),
        " ".join(map(plain, notes)),
        "## Differences between start and end",
        _differences(report),
        "## Steps",
        _how_to_open(report),
        _steps(report),
    ]
    return "\n\n".join(filter(None, blocks)) + "\n"


def _summary(report: Report) -> str:
    """The span and the people."""
    counts = Counter(step.author or SOMEBODY for step in report.steps)
    people = joined([f"{plain(name)} did {counted(count, 'step')}" for name, count in counts.items()])
    began, ended = report.began, report.ended
    until = f"{ended:%H:%M}" if ended.date() == began.date() else f"{ended:%Y-%m-%d %H:%M}"
    return f"From {began:%Y-%m-%d %H:%M} to {until} ({_zone(report)}), {people}."


def _zone(report: Report) -> str:
    offset = f"{report.ended:%z}"
    return f"UTC{offset[:3]}:{offset[3:5]}"


def _missing(report: Report) -> str:
    return (
        f"The server keeps the history of this session from {report.began:%Y-%m-%d %H:%M} on, "
        "so earlier steps are missing here."
    )


def _differences(report: Report) -> str:
    """What became of the items, by all steps together."""
    last = {id: step.author for step in report.steps for id, _, _ in step.edits}
    found = _alike((last.get(row.id) or SOMEBODY, row) for row in rows(report.start, report.end))
    if not found:
        return "None: at the end, everything is as at the start."
    cells = [(*_cells(together), plain(who)) for who, together in found[:DIFFERENCES]]
    if len(found) > DIFFERENCES:
        cells.append((f"… and {len(found) - DIFFERENCES} more", *[""] * len(COLUMNS)))
    return table(_DIFFERENCES, cells)


def _how_to_open(report: Report) -> str:
    """For paper, and for readers whose program makes links of https:// only, as GitHub does."""
    clock = report.steps[-1].last
    lines = [
        f"Each number links to the bench as it was after the step, {clock} for example to "
        f"{plain(report.link(clock))}; `optiverse-collab show LINK` prints it."
    ]
    if len(report.steps) > STEPS:
        lines.append(f"Only the last {STEPS} of {len(report.steps)} steps are listed.")
    return " ".join(lines)


def _steps(report: Report) -> str:
    """What was done, one step after the other."""
    return table(_STEPS, (cells for step in report.steps[-STEPS:] for cells in _step(report, step)))


def _step(report: Report, step: PastStep) -> Iterator[tuple[str, ...]]:
    """The rows of a step; only the first has its time and author."""
    one_day = report.began.date() == report.ended.date()
    time = f"{report.time(step.began_ms):{'%H:%M:%S' if one_day else '%Y-%m-%d %H:%M:%S'}}"
    head = time, plain(step.author or SOMEBODY)
    before, after = ({id: one for id, *pair in step.edits if (one := pair[at])} for at in (0, 1))
    found = _alike(("", row) for row in rows(before, after))
    for _, together in found[:ITEMS]:
        id = together[0].id
        item = id if len(together) == 1 and id in after else None
        yield *head, *_cells(together), link(str(step.last), report.link(step.last, item))
        head = "", ""
    rest = f"… and {len(found) - ITEMS} more" if found else "Other data of the bench"
    if len(found) > ITEMS or not found:
        yield *head, rest, "", "", "", link(str(step.last), report.link(step.last))


def _alike(found: Iterable[tuple[str, Row]]) -> list[tuple[str, list[Row]]]:
    """Rows of one author that differ in nothing but their item, together."""
    groups: dict[tuple[str, str, str, str], list[Row]] = {}
    for who, row in found:
        groups.setdefault((who, row.change, row.before, row.after), []).append(row)
    return [(who, together) for (who, *_), together in groups.items()]


def _cells(together: Sequence[Row]) -> tuple[str, ...]:
    """The cells of rows that are alike, one for each of `COLUMNS`."""
    first = together[0]
    names = things([row.item for row in together])
    return tuple(map(plain, (names, first.change, first.before, first.after)))
