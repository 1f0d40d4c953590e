"""How customers found our help: the page of the mailed link, the report, and the switch."""
