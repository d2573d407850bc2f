"""The sync core: messages in, effects out.

Here belongs what can be decided without Qt, asyncio, sockets, files, the clock and chance; times and ids are
passed in. docs/protocol.md has its behaviour as numbered rules. Its one dependency is msgspec.
"""
