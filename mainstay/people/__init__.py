"""Organisations, persons, identities, staff accounts and roles."""
