"""The screen on the wall: one page to read from five metres, live, with nothing to press."""
