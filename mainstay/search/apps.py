"""The room as Django knows it."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "mainstay.search"
