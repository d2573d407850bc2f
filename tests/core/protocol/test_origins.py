"""Origins: STAMP-1 of docs/protocol.md."""

from __future__ import annotations

from hashlib import blake2b

import pytest

from optiverse_collab.core.protocol.origins import origin_of


@pytest.mark.parametrize("client_id", ["", "client of ann", "½☃"])
def test_origin_is_the_hash_that_the_protocol_describes(client_id: str) -> None:
    """STAMP-1: 16 bytes of BLAKE2b, computed here as a client in another language would."""
    origin = origin_of(client_id)
    assert origin == blake2b(client_id.encode("utf-8"), digest_size=16).hexdigest()
    assert len(origin) == 32
