"""Tells whether something is still what somebody saw when they began to change it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def fingerprint(values: Mapping[str, Any]) -> str:
    """Sixteen letters that differ when any of the values does; the order of the keys does not matter."""
    text = json.dumps(dict(values), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
