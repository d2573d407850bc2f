"""What Optiverse's window knows of its file: that another bench was opened, that something is not saved."""
