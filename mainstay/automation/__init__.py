"""When something happens, if it fits, then do this."""
