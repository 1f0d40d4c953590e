"""GitLab, its own service or a server of one's own: issues and notes by REST, what happens there by webhook."""
