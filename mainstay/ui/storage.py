"""Addresses of static files: each bears the version of our pages, so that browsers may keep a file and never mix versions."""

from functools import lru_cache

from django.conf import settings
from django.contrib.staticfiles.storage import StaticFilesStorage


class VersionedStaticFiles(StaticFilesStorage):
    """The file is found by its plain name; what stands behind `?` only tells one version of it from another.

    A behaviour that loads another one adds its own `?…` to its address (`new URL(import.meta.url).search`).
    """

    @lru_cache(maxsize=500)  # noqa: B019 - there is one of it
    def url(self, name: str | None) -> str:
        return f"{super().url(name)}?v={settings.PAGE_VERSION}"
