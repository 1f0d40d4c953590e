"""The abstract entry of a history: who, when, what, in words."""
