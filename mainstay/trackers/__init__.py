"""Issue trackers of developers, each a whole room by itself."""
