"""The room as Django knows it."""

from django.apps import AppConfig


class SatisfactionConfig(AppConfig):
    name = "mainstay.satisfaction"
