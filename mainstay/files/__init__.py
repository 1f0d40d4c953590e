"""Attachments: stored once by content, served safely."""
