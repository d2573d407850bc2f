"""From the mouse in one window of the real editor to pixels in another, on one screen and clock."""
