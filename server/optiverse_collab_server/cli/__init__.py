"""The commands of ``optiverse-collab-server``, one module each: `serve` is what it does without one.

What a command does stands elsewhere; here is what it asks for, and what it prints.
"""
