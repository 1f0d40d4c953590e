"""Saved views of tickets, and deeds on many at once."""
