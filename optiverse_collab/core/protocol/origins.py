"""Origins: the names of replicas for others, who must not learn client ids (STAMP-1)."""

from __future__ import annotations

from hashlib import blake2b

ORIGIN_BYTES = 16


def origin_of(client_id: str) -> str:
    """The origin of a client id: 32 hex digits."""
    return blake2b(client_id.encode(), digest_size=ORIGIN_BYTES).hexdigest()
