"""Who has what open, for as long as their browser says so."""

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.BigIntegerField()),
                ('name', models.CharField(max_length=200)),
                ('browser', models.CharField(max_length=40)),
                ('subject', models.CharField(max_length=80)),
                ('attention', models.CharField(choices=[('open', 'has it open'), ('looking', 'is looking'), ('writing', 'is writing')], max_length=8)),
                ('until', models.DateTimeField()),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['subject'], name='visit_by_subject')],
                'constraints': [models.UniqueConstraint(fields=('person', 'browser', 'subject'), name='one_visit_of_a_browser'), models.CheckConstraint(condition=models.Q(('attention__in', ['open', 'looking', 'writing'])), name='visit_attention_known')],
            },
        ),
        # Nothing in it is worth a write to the log; after a crash it is empty, which is what it then should be.
        migrations.RunSQL("alter table live_visit set unlogged", "alter table live_visit set logged"),
    ]
