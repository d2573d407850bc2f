"""What we touch of Optiverse, declared and checked: its names, its versions, and where it is installed.

What would end the program is mended here too, before anything relies on it. No other workarounds: those are
where they are needed.
"""
