"""The commands of ``optiverse-collab``, one module each.

They use what scripts can use, and nothing below it.
"""
