"""A small editor for optical benches, and the worked example of a host for plugins.

It edits Optiverse 2.0 files and knows nothing of live sessions: `plugins` is all that it does for those who
bring them, `adapter` and `hooks` are what it has for ours. Start it with
``python -m optiverse_collab_demo [FILE.json]``.
"""
