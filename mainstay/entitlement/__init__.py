"""Who may have support, and why."""
