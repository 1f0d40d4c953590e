"""Set-up of the support policy: its revisions, what a change would do, and the months ahead."""
