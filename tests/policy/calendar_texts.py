"""Calendar files for tests."""


def calendar(*events: str, more: str = "") -> str:
    """A calendar of these events, each as its lines."""
    parts = [f"BEGIN:VEVENT\nUID:{number}\n{event}\nEND:VEVENT\n" for number, event in enumerate(events)]
    return "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n" + more + "".join(parts) + "END:VCALENDAR\n"


CHRISTMAS = calendar("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261227\nSUMMARY:Christmas")
