"""GitHub, its own service or a server of one's own: issues and comments by REST, what happens there by webhook."""
