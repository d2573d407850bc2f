"""What one window of an editor has of us: the session it is in, what joins the two, and our widgets.

It knows any editor as `host.api.Host` alone; what is true of one editor only is in that host's adapter.
"""
