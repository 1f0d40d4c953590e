"""The room as Django knows it."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "mainstay.audit"
