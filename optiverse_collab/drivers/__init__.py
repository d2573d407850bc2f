"""Sockets and timers around `core.client`: a driver for asyncio and one for Qt, with the same file names.

Decisions that need no socket belong in the core.
"""
