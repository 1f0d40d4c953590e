"""Small pure helpers that know nothing of support."""
