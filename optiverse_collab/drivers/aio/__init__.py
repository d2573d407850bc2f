"""The connection of scripts and commands: asyncio and the websockets library.

No Qt, and nothing that scripts see: that is in `scripting`.
"""
