"""The room as Django knows it."""

from django.apps import AppConfig


class EmailConfig(AppConfig):
    name = "mainstay.channels.email"
    label = "email_channel"
