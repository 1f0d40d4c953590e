"""Canned answers and macros: one's own, and those that everybody uses."""
