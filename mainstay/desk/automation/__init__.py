"""Set-up of automation rules: the list, one rule with its preview, and the log of what rules did."""
