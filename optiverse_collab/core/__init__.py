"""The sync core: messages in, effects out.

Nothing here knows Qt, asyncio, sockets, the clock or chance: times and ids are passed in. The
behaviour is written as numbered rules in docs/protocol.md.
"""
