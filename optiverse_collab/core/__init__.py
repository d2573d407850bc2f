"""The sync core: messages in, effects out.

Code that needs no Qt, asyncio, sockets, files, clock or random numbers belongs here; times and ids are
passed in. docs/protocol.md has its behaviour as numbered rules. Its one dependency is msgspec.
"""
