"""One's own sign-in (second factor, passkeys, where one is signed in), and what the company asks of everybody's."""
