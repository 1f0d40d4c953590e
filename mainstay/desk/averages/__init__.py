"""The averages against the promise, and the tickets behind each number."""
