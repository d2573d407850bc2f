"""What both ends of the wire share: messages and their JSON, pages, close codes, addresses, timestamps.

What only one end does with a message belongs in `core.server` or `core.client`; how the bytes travel, in a
driver.
"""
