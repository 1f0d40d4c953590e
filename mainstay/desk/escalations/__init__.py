"""The second line on screen: the packet, the developers' queue, problems and their issues."""
