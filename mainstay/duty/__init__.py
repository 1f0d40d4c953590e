"""Who is on duty, until when, and who is present."""
