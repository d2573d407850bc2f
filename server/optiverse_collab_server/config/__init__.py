"""What can be set: one table of settings, by which the command line, the environment and a file are read.

What a setting means is nobody's business here.
"""
