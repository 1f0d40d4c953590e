"""What one was told: the bell, the list, and how one wants to be told."""
