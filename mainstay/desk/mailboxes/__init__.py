"""Set-up of the mailboxes that mail is fetched from."""
