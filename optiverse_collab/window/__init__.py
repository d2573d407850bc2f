"""The plugin's part of one editor window: its session, the connection between both, and our widgets.

It knows any editor as `host.api.Host`; anything specific to one editor belongs in that editor's adapter.
"""
