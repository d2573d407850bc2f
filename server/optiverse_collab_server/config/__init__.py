"""One table of settings, for the command line, the environment and a file.

The meaning of a setting is defined elsewhere.
"""
