"""Sockets and timers around `core.client`: one driver for asyncio and one for Qt, in files of the same names.

Whatever could be decided without a socket is decided in the core.
"""
