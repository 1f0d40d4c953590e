"""Signing in: by password, passkey, code or identity provider; how allauth does it for this desk."""
