"""The desk: what staff see and do in the browser."""
