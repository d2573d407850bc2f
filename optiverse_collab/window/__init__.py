"""What one window of an editor has of us: the session that it is in, what joins the two, and our widgets.

It knows any editor as `host.api.Host`; what is true of one editor only belongs in that editor's adapter.
"""
