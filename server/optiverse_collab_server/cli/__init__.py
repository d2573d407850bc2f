"""The commands of ``optiverse-collab-server``, one module each: `serve` is the default.

The modules here have only arguments and output; the work is elsewhere.
"""
