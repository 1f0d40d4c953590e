"""Which database the desk uses, and what a person reads when it does not answer."""

import contextlib
import socket

import psycopg
import pytest

from mainstay.operate.database import desk_database, django_database, keep_running, reachable, read_url
from mainstay.operate.errors import DatabaseUnreachable, DeskNotFound, WrongPostgres
from mainstay.operate.postgres import EmbeddedPostgres


@pytest.fixture
def no_url(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("MAINSTAY_PROCESS", raising=False)


@pytest.mark.parametrize(
    ("url", "named", "options"),
    [
        (
            "postgresql://desk:p%40ss@db.example:5433/mainstay?sslmode=require",
            {"NAME": "mainstay", "USER": "desk", "PASSWORD": "p@ss", "HOST": "db.example", "PORT": "5433"},
            {"sslmode": "require"},
        ),
        (
            "postgresql:///mainstay?host=/run/postgresql",
            {"NAME": "mainstay", "HOST": "/run/postgresql"},
            {},
        ),
        (
            "host=/run/postgresql dbname='the desk' user=desk application_name=a",
            {"NAME": "the desk", "USER": "desk", "HOST": "/run/postgresql"},
            {"application_name": "a"},
        ),
    ],
)
def test_an_address_becomes_djangos_settings(monkeypatch, tmp_path, no_url, url, named, options):
    monkeypatch.setenv("DATABASE_URL", url)
    settings = django_database(tmp_path)
    assert {name: settings[name] for name in settings if name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")} == named
    assert settings["OPTIONS"] == {"server_side_binding": True, "prepare_threshold": 5, **options}


def test_without_an_address_the_desk_uses_its_own_socket(tmp_path, no_url):
    settings = django_database(tmp_path)
    assert (settings["NAME"], settings["HOST"]) == ("mainstay", f"{tmp_path}/postgres/socket")
    assert not list(tmp_path.iterdir())


def test_only_the_web_part_has_a_pool(monkeypatch, tmp_path, no_url):
    assert "pool" not in django_database(tmp_path)["OPTIONS"]
    monkeypatch.setenv("MAINSTAY_PROCESS", "web")
    settings = django_database(tmp_path)
    assert settings["OPTIONS"]["pool"]["max_size"] == 16
    assert settings["CONN_MAX_AGE"] == 0


@pytest.mark.parametrize("url", ["postgresql://desk:geheim@[oops/x", "just words geheim", "mysql://desk:geheim@h/x"])
def test_what_is_no_address_is_told_without_repeating_it(url):
    with pytest.raises(DatabaseUnreachable, match="it looks like postgresql://") as told:
        read_url(url)
    assert "geheim" not in str(told.value)


def test_an_address_without_a_database_name_is_told():
    with pytest.raises(DatabaseUnreachable, match="names no database"):
        read_url("postgresql://desk@db.example")


def test_an_unreachable_database_is_one_sentence_without_the_password():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with pytest.raises(DatabaseUnreachable) as told:
            reachable(f"postgresql://desk:geheim@127.0.0.1:{port}/mainstay")
    text = str(told.value)
    assert text.startswith(f"The database mainstay at 127.0.0.1:{port} can't be reached (")
    assert text.endswith("): check DATABASE_URL and the server.")
    assert "geheim" not in text
    assert "\n" not in text


def test_a_server_that_is_too_old_is_told(monkeypatch):
    class Info:
        server_version = 140_009

    class Old(contextlib.nullcontext):
        info = Info()

        def __enter__(self):
            return self

    monkeypatch.setattr(psycopg, "connect", lambda **_: Old())
    with pytest.raises(WrongPostgres, match="15 or newer is needed, but the server of d at h is version 14"):
        reachable("postgresql://h/d")


def test_a_folder_without_a_desk_is_told(tmp_path, no_url):
    with pytest.raises(DeskNotFound) as told, desk_database(tmp_path):
        pass
    assert str(told.value) == f"No desk found in {tmp_path}: run `mainstay up` first or set DATABASE_URL."


@pytest.fixture
def desk(reachable_folder, no_url):
    """A desk whose PostgreSQL was made and does not run."""
    postgres = EmbeddedPostgres(reachable_folder, durable=False)
    postgres.start()
    postgres.stop(hurry=True)
    yield postgres
    postgres.stop(hurry=True)


def test_a_command_starts_the_database_and_stops_it(desk):
    with desk_database(desk.folder):
        assert desk.is_running()
    assert not desk.is_running()


def test_the_last_of_two_commands_stops_the_database(desk):
    with desk_database(desk.folder):
        with desk_database(desk.folder):
            pass
        assert desk.is_running()
    assert not desk.is_running()


def test_a_command_does_not_stop_what_it_did_not_start(desk):
    desk.start()
    with desk_database(desk.folder):
        pass
    assert desk.is_running()


def test_a_command_leaves_the_database_to_an_up_that_began_meanwhile(desk):
    with desk_database(desk.folder):
        keep_running(desk.folder)
    assert desk.is_running()
