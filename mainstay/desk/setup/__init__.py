"""Set-up for administrators: its parts, people, roles, teams, looks, and the log of what was changed."""
