"""The server's half of the core: orders changes, and decides what to send to whom.

No sockets and no disk: `effects` lists what its driver has to do. It doesn't know `core.client`.
"""
