"""The search page: as one types, over everything one may see."""
