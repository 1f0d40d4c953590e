"""Quiet hours, a sound, and what gets through."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='noticechoices',
            name='by_sound',
            field=models.BooleanField(default=False, verbose_name='with a sound'),
        ),
        migrations.AddField(
            model_name='noticechoices',
            name='quiet_from',
            field=models.TimeField(blank=True, null=True, verbose_name='quiet from'),
        ),
        migrations.AddField(
            model_name='noticechoices',
            name='quiet_until',
            field=models.TimeField(blank=True, null=True, verbose_name='quiet until'),
        ),
        migrations.AddField(
            model_name='noticechoices',
            name='urgent_when_quiet',
            field=models.BooleanField(default=True, verbose_name='urgent ones all the same'),
        ),
        migrations.AddConstraint(
            model_name='noticechoices',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('quiet_from__isnull', True), ('quiet_until__isnull', True)), models.Q(('quiet_from__isnull', False), ('quiet_until__isnull', False)), _connector='OR'), name='quiet_hours_have_both_ends'),
        ),
    ]
