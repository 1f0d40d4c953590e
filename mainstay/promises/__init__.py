"""Policy revisions in force and the measured promise of each ticket."""
