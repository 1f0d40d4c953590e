"""The command line: the same verbs for a terminal and for scripts."""
