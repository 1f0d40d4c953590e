"""One change of a setting: who, when, what stood there and what stands there now."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class SettingChange(models.Model):
    """Written once, in the transaction that changed the setting; names people and subjects without pointing at them.

    `by_key` is None when nobody at a screen did it: the desk itself, or somebody at the command line.
    `before` and `after` hold only the keys that differ; what was made has no `before`, what was removed no `after`.
    """

    at = models.DateTimeField()
    by_key = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=200, blank=True)
    noun = models.CharField(max_length=40)
    subject = models.CharField(max_length=300, blank=True)
    key = models.CharField(max_length=100, blank=True)
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=~models.Q(noun=""), name="setting_change_has_a_noun")]
        indexes = [
            models.Index(fields=["noun", "-id"], name="setting_change_by_noun"),
            models.Index(fields=["noun", "key", "-id"], name="setting_change_by_subject"),
            models.Index(fields=["by_key", "-id"], name="setting_change_by_person"),
            models.Index(fields=["at"], name="setting_change_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.noun} {self.subject}"
