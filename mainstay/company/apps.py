"""The room as Django knows it."""

from django.apps import AppConfig


class CompanyConfig(AppConfig):
    name = "mainstay.company"
