"""The room as Django knows it."""

from django.apps import AppConfig


class SampleConfig(AppConfig):
    name = "mainstay.sample"
