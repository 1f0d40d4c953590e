"""One ticket: its time line, its composer, its facts."""
