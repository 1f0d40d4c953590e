"""The search: a page of its own, its results as one types, and suggestions for the box at the top and the palette."""
