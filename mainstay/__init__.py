"""Mainstay: a support desk that runs a written support policy."""

__version__ = "0.1.0"
