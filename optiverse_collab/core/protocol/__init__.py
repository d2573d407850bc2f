"""What both ends of the wire share: messages, their JSON, pages, close codes, addresses and timestamps.

docs/protocol.md has the rules by number. What only one end does with a message is in `core.server` or
`core.client`; how the bytes travel is a driver's.
"""
