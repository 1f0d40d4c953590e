"""The room as Django knows it."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "mainstay.catalogue"
