"""Everything one can do at the desk, named once: palette, keys, help, rail and docs/keys.md are made from this list."""
