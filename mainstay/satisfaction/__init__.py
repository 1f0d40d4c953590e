"""How customers found the help they got."""
