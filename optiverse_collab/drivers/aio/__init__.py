"""The connection of scripts and commands: asyncio and the websockets library.

No Qt; the interface for scripts is in `scripting`.
"""
