"""Opening the WebSocket of a session."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.messages import SUBPROTOCOL
from optiverse_collab.drivers.aio.failures import Over, explain, explain_close, no_answer

OPEN_SECONDS = 10.0
"""So long a server may take to let us in: more than a slow VPN needs, less than patience."""

GOODBYE_SECONDS = 2.0
"""So long a server may take to answer a close."""

MAX_MESSAGE_BYTES = 2 * Limits().message_bytes
"""The server's messages keep to `Limits.message_bytes`; the rest is margin."""


async def open_session(url: str, seconds: float) -> tuple[ClientConnection, str | bytes]:
    """Open a WebSocket and hear the server's first message, both within `seconds`.

    Raises:
        Over: that failed.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    try:
        ws = await connect(
            url,
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            compression=None,
            proxy=None,  # as in the editor; a lab's server is not behind its proxy to the world
            open_timeout=seconds,
            ping_interval=None,  # liveness is the JSON heartbeat (HB-1)
            close_timeout=GOODBYE_SECONDS,
            max_size=MAX_MESSAGE_BYTES,
        )
    except (asyncio.TimeoutError, TimeoutError):  # the same from Python 3.11 on
        raise Over(no_answer(urlsplit(url).netloc, seconds)) from None
    except (OSError, UnicodeError, WebSocketException) as error:
        raise Over(explain(error, url)) from error
    timer = loop.call_at(deadline, ws.transport.abort)
    try:
        return ws, await ws.recv()
    except ConnectionClosed as closed:
        late = loop.time() >= deadline
        raise Over(no_answer(urlsplit(url).netloc, seconds) if late else explain_close(closed)) from None
    except BaseException:
        ws.transport.abort()
        raise
    finally:
        timer.cancel()
