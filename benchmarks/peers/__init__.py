"""Compares the server with others' servers for live collaboration, and with bare relays."""
