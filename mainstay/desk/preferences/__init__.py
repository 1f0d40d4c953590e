"""How the desk looks to one person."""
