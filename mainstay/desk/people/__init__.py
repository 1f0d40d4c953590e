"""Persons and organisations as staff see them."""
