"""What could not be put on a ticket: kept, shown, tried again."""
