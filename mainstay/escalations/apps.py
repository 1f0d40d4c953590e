"""The room as Django knows it."""

from django.apps import AppConfig


class EscalationsConfig(AppConfig):
    name = "mainstay.escalations"
