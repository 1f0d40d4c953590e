"""Fetches what somebody else named, without ever reaching inside our own network."""

from .addresses import is_public, is_public_web
from .errors import NotFetched
from .fetch import Fetched, fetch_image

__all__ = ["Fetched", "NotFetched", "fetch_image", "is_public", "is_public_web"]
