"""Who is on duty: the roster, absences, and one's own presence."""
