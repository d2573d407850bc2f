"""What we keep on the user's disk; no Qt."""
