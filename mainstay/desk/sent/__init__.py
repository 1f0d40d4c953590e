"""What went out: every mail the desk wrote, and where it is."""
