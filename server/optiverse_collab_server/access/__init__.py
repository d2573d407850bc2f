"""Who may come in (ACC rules): what is kept of it, what is asked at the door, and what owners change.

What a role allows is decided in the core.
"""
