"""Reports that leave the desk: for programs, as files, by mail; and the publishing of a month."""
