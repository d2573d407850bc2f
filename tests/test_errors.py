"""The tree of errors that users and hosts catch is the one that the module draws."""

from __future__ import annotations

import re

from optiverse_collab import errors


def drawn() -> dict[str, str]:
    """Each error of the tree in the docstring → the one above it."""
    above: dict[int, str] = {}
    tree: dict[str, str] = {}
    for indent, name in re.findall(
        r"^ {4}((?:[│ ] {3})*[├└]── )?([A-Z]\w+)", errors.__doc__ or "", re.MULTILINE
    ):
        depth = len(indent) // 4
        above[depth] = name
        tree[name] = above.get(depth - 1, "Exception")
    return tree


def test_the_docstring_draws_every_error_under_its_base() -> None:
    classes = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, Exception)]
    assert drawn() == {one.__name__: one.__bases__[0].__name__ for one in classes}
    assert len(classes) > 10


def test_an_error_reads_as_its_sentence() -> None:
    refused = errors.ChangeRefused(errors.Reason.ID_EMPTY, "An id is empty; give it one.")
    assert (str(refused), refused.reason) == ("An id is empty; give it one.", errors.Reason.ID_EMPTY)
