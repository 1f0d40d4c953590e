"""Settings, URLs and the server: how the rooms are put together in one process."""
