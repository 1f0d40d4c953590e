"""The queue: what to do next."""
