"""Channels: each a whole room by itself."""
