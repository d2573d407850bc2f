"""Sockets and timers around `core.client`: a driver for asyncio and one for Qt, in files of the same names.

What can be decided without a socket belongs in the core.
"""
