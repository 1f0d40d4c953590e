"""Who is at a ticket: faces on its page and in lists."""
