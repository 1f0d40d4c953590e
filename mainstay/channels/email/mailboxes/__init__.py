"""Mailboxes from which mail is fetched by IMAP: their set-up, the loop that fetches, what is known of their health."""
