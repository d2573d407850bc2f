"""Names that look alike: different characters with the same shape.

A small part of the skeletons of Unicode's UTS #39: the letters of Cyrillic, Greek and Armenian that can
replace Latin ones without anybody noticing.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_ALIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјкорсухһӏԁԛԝѵΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγικνορυχօսհıɑɡI|10",
    "ABESIJKMHOPCTYXaesijkopcyxhldqwvABEZHIKMNOPTYXayikvopuxouhiaglllo",
)
"""Latin letters, and the letters that most fonts draw in the same way."""

_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5")
"""Invisible letters and marks."""


@lru_cache(maxsize=4096)
def skeleton(name: str) -> str:
    """The skeleton of a name, the same for all names that look alike; for comparing, not for showing."""
    return " ".join(_fold(_fold(name)).split())  # a small letter may look like another one than its capital


def _fold(name: str) -> str:
    seen = "".join(c for c in unicodedata.normalize("NFKC", name) if not _is_unseen(c))
    return unicodedata.normalize("NFKC", seen.translate(_ALIKE).casefold())


def is_seen(name: str) -> bool:
    """Whether a name has a visible character."""
    return any(not _is_unseen(c) and not c.isspace() for c in unicodedata.normalize("NFKC", name))


def _is_unseen(c: str) -> bool:
    return unicodedata.category(c) == "Cf" or c in _UNSEEN
