"""Set-up of the developers' trackers, and the door at which their webhooks knock."""
