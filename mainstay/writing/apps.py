"""The room as Django knows it."""

from django.apps import AppConfig


class WritingConfig(AppConfig):
    name = "mainstay.writing"
