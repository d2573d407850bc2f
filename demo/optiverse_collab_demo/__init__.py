"""A small editor for optical benches, and the worked example of a host for plugins.

It edits Optiverse 2.0 files and knows nothing about live sessions: `plugins` loads any plugins,
`adapter` and `hooks` are for ours. Start it with
``python -m optiverse_collab_demo [FILE.json]``.
"""
