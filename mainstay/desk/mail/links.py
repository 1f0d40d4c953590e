"""The addresses of files: on the path, and where one is set the host, that knows no cookies."""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from mainstay.files.links import FileLink, Purpose, sign_link
from mainstay.people.models import Person

PREFIX = "/files/"


def file_url(purpose: Purpose, reader: Person, what: int, address: str = "") -> str:
    """Where this reader, and nobody else, gets a file for the next minutes."""
    signed = sign_link(purpose, FileLink(reader.pk, what, address), timezone.now())
    return f"{settings.FILES_URL}{PREFIX}{purpose}/{what}/{signed}"


def files_host() -> str:
    """The host that serves files and nothing else; empty when they come from the desk's own."""
    return urlsplit(settings.FILES_URL).netloc.lower()
