"""A script that may not edit, on a real server (RIGHT rules)."""

from __future__ import annotations

import pytest

from optiverse_collab.core.access import Role
from optiverse_collab.errors import ChangeRefused, CollaborationError
from optiverse_collab.scripting import connect
from tests.helpers.aio import run
from tests.helpers.live_server import live_server


@pytest.mark.parametrize(
    ("role", "text"),
    [(Role.VIEWER, "only view this session"), (Role.COMMENTER, "only comment on this session")],
)
def test_flush_says_what_the_script_may_not_send(role: Role, text: str) -> None:
    """RIGHT-2: it does not wait."""

    async def main() -> None:
        async with live_server() as server, connect(server.url) as bench:
            bench.put("lens", "component", {"name": "Lens 1"})
            bench._replica.set_role(role)
            with pytest.raises(ChangeRefused, match=f"You may {text}"):
                bench.set("lens", {"name": "Lens 2"})

    with pytest.raises(CollaborationError, match=f"{text} now; 1 change of yours is not"):
        run(main())
