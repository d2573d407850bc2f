"""The server's half of the core: the authority that orders changes, and what it sends to whom.

No sockets and no disk: `effects` says what the surroundings have to do. It doesn't know `core.client`.
"""
