"""The room as Django knows it."""

from django.apps import AppConfig


class WorklistsConfig(AppConfig):
    name = "mainstay.worklists"
