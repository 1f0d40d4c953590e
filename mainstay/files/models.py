"""A stored file: its bytes once, by content, whoever attached it."""

from django.db import models


class StoredFile(models.Model):
    """Bytes in the file storage under the name of their SHA-256."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=120)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=models.Q(size__gte=0), name="file_size_not_negative")]

    @property
    def path(self) -> str:
        return f"{self.sha256[:2]}/{self.sha256[2:]}"
