"""The room as Django knows it."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "mainstay.jobs"
