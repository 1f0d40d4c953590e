"""What every command that needs a desk gets, and says when there is none."""

import click
import pytest
from click.testing import CliRunner
from django.db import connection

from mainstay.cli.desk import needs_desk
from mainstay.cli.main import Sentence
from mainstay.cli.migrating import NotUpToDate, must_be_up_to_date
from mainstay.lib.errors import MainstayError


@click.command()
@needs_desk
def count() -> None:
    click.echo("counted")


def test_without_a_desk_one_sentence_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("MAINSTAY_DATA", "elsewhere")
    result = CliRunner().invoke(count, ["--data", str(tmp_path)])
    assert isinstance(result.exception, MainstayError)
    assert str(result.exception) == f"No desk found in {tmp_path}: run `mainstay up` first or set DATABASE_URL."
    assert Sentence(result.exception).exit_code == 1


@pytest.mark.django_db
def test_a_database_with_all_migrations_is_up_to_date():
    must_be_up_to_date()


@pytest.mark.django_db
def test_a_database_that_lacks_a_migration_is_told():
    with connection.cursor() as cursor:
        cursor.execute("delete from django_migrations where app = 'company' and name = '0001_accounts'")
    with pytest.raises(NotUpToDate, match="run `mainstay up`"):
        must_be_up_to_date()
