"""The second line: packets for the developers, problems, and issues in their trackers."""
