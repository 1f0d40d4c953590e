"""The room as Django knows it."""

from django.apps import AppConfig


class AutomationConfig(AppConfig):
    name = "mainstay.automation"
