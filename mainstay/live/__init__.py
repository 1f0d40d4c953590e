"""Announce on commit, stream to browsers."""
