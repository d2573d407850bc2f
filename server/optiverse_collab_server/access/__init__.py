"""Access (ACC rules): stored grants, checks at the entrance, and owners' changes.

What a role allows is decided in the core.
"""
