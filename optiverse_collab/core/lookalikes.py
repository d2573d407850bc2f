"""Names that look alike: the same letters to the eye, and other characters.

A small part of the skeletons of Unicode's UTS #39: the letters of Cyrillic, Greek and Armenian that a name in
Latin script can be written with, without anybody noticing.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_ALIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјкорсухһӏԁԛԝѵΑΒΕΖΗΙΚΜΝΟΡΤΥΧαγικνορυχօսհıɑɡI|10",
    "ABESIJKMHOPCTYXaesijkopcyxhldqwvABEZHIKMNOPTYXayikvopuxouhiaglllo",
)
"""Letters that most fonts draw as these."""

_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5")
"""Letters and marks that are drawn as nothing."""


@lru_cache(maxsize=4096)
def skeleton(name: str) -> str:
    """What two names have in common if they look alike; for comparing, not for showing."""
    seen = "".join(c for c in unicodedata.normalize("NFKC", name) if not _is_unseen(c))
    return " ".join(unicodedata.normalize("NFKC", seen.translate(_ALIKE).casefold()).split())


def is_seen(name: str) -> bool:
    """Whether anything of a name can be seen."""
    return any(not _is_unseen(c) and not c.isspace() for c in unicodedata.normalize("NFKC", name))


def _is_unseen(c: str) -> bool:
    return unicodedata.category(c) == "Cf" or c in _UNSEEN
