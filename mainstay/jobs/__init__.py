"""The job queue: set-up and the one way to enqueue."""
