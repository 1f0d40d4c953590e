"""Jira, in the cloud or in one's own data centre: issues and comments by REST, what happens there by webhook."""
