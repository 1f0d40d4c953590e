"""Running the desk: embedded PostgreSQL, supervisor, the parts as processes."""
