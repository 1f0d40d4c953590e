"""The report pages beside the averages: parts, bank and forecast, volumes, what is left out."""
