"""Items on Optiverse's canvas: which there are, how each kind is read, made and edited in place.

Groups and stacking are in `layers`.
"""
