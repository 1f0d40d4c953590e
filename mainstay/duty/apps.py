"""The room as Django knows it."""

from django.apps import AppConfig


class DutyConfig(AppConfig):
    name = "mainstay.duty"
