"""The room as Django knows it."""

from django.apps import AppConfig


class PromisesConfig(AppConfig):
    name = "mainstay.promises"
