"""The commands of ``optiverse-collab``, one module each.

They use only the public API of scripts.
"""
