"""Shared by both ends of the wire: messages and their JSON, pages, close codes, addresses, timestamps.

Code for one end belongs in `core.server` or `core.client`; transport belongs in a
driver.
"""
