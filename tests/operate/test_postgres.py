"""The desk's own PostgreSQL: made, found again, killed, recovered."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from mainstay.operate.binaries import runner_for
from mainstay.operate.errors import NoPostgres, PostgresFailed, WrongPostgres
from mainstay.operate.places import PROJECT_ROOT
from mainstay.operate.postgres import EmbeddedPostgres

RECOVERY_BOUND_SECONDS = 15  # generous for a busy machine; measured: 0.1 s, 1.2 s with a busy backend


@pytest.fixture
def postgres(reachable_folder):
    it = EmbeddedPostgres(reachable_folder)
    it.start()
    yield it
    it.stop(hurry=True)


def one(postgres: EmbeddedPostgres, query: str) -> object:
    with psycopg.connect(postgres.url()) as connection:
        return connection.execute(query).fetchone()[0]


def test_a_first_start_makes_a_durable_utf8_database_without_a_tcp_port(postgres):
    assert one(postgres, "select current_database()") == "mainstay"
    assert one(postgres, "select pg_encoding_to_char(encoding) from pg_database where datname = 'mainstay'") == "UTF8"
    wanted = {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "data_checksums": "on",
        "listen_addresses": "",
        "TimeZone": "UTC",
    }
    assert {name: one(postgres, f"show {name}") for name in wanted} == wanted


def test_only_its_owner_can_reach_the_socket(postgres):
    assert stat.S_IMODE(postgres.place.socket_folder.stat().st_mode) == 0o700


def test_a_second_start_uses_the_server_that_runs(postgres):
    pid = postgres.pid()
    again = EmbeddedPostgres(postgres.folder)
    assert again.start() == postgres.url()
    assert again.pid() == pid


def test_data_outlives_a_stop_and_a_start(postgres):
    with psycopg.connect(postgres.url()) as connection:
        connection.execute("create table kept as select 42 as it")
    postgres.stop()
    assert not postgres.is_running()
    assert postgres.pid() is None
    postgres.start()
    assert one(postgres, "select it from kept") == 42


def test_committed_rows_outlive_a_kill_even_with_a_busy_orphan(postgres):
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute("create table kept as select 42 as it")
    endless = "select count(*) from generate_series(1, 1000000000) n where sqrt(n) < 0"
    code = f"import psycopg; psycopg.connect({postgres.url()!r}).execute({endless!r})"
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL) as busy:
        watching = psycopg.connect(postgres.url(), autocommit=True)
        while not watching.execute("select 1 from pg_stat_activity where query = %s", [endless]).fetchone():
            pass
        os.kill(postgres.pid(), signal.SIGKILL)
        begun = time.monotonic()
        EmbeddedPostgres(postgres.folder).start()
        assert time.monotonic() - begun < RECOVERY_BOUND_SECONDS
        busy.wait(timeout=RECOVERY_BOUND_SECONDS)
        watching.close()
    assert one(postgres, "select it from kept") == 42


def test_a_pid_file_with_the_number_of_a_stranger_does_not_hinder_a_start(postgres):
    pid_file = postgres.place.pid_file
    lock = postgres.place.socket_lock
    lines = pid_file.read_text().splitlines()
    postgres.stop(hurry=True)
    with subprocess.Popen(["sleep", "60"]) as stranger:
        for file in (pid_file, lock):
            file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        assert postgres.pid() is None
        postgres.stop()
        assert stranger.poll() is None
        postgres.start()
        stranger.kill()
    assert one(postgres, "select 1") == 1


def test_an_interrupted_first_start_is_begun_anew(reachable_folder):
    postgres = EmbeddedPostgres(reachable_folder, durable=False)
    half = postgres.place.root / "cluster.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    for path in (half.parent, half, half / "PG_VERSION"):
        runner_for(postgres.place.data).own(path)
    try:
        postgres.start()
        assert one(postgres, "select 1") == 1
    finally:
        postgres.stop(hurry=True)


def test_a_long_path_gets_a_short_private_socket_folder(reachable_folder):
    deep = reachable_folder / ("d" * 90)
    deep.mkdir()
    postgres = EmbeddedPostgres(deep, durable=False)
    try:
        postgres.start()
        folder = postgres.place.socket_folder
        assert deep not in folder.parents
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert EmbeddedPostgres(deep).url() == postgres.url()
        postgres.stop(hurry=True)
        folder.rename(folder.with_name(folder.name + "-swept"))
        postgres.start()
        assert one(postgres, "select 1") == 1
    finally:
        postgres.stop(hurry=True)
        for left in (postgres.place.socket_folder, folder.with_name(folder.name + "-swept")):
            for file in left.iterdir():
                file.unlink()
            left.rmdir()


def test_data_of_another_major_version_is_told_in_one_sentence(postgres):
    postgres.stop(hurry=True)
    version = postgres.place.data / "PG_VERSION"
    have = version.read_text()
    version.write_text("12\n")
    with pytest.raises(WrongPostgres, match=r"was made by PostgreSQL 12, the programs in .* are version \d+: name the"):
        postgres.start()
    version.write_text(have)


def fake_programs(folder: Path, version: str) -> Path:
    folder.mkdir()
    folder.chmod(0o755)
    for name in ("postgres", "initdb"):
        (folder / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder


def test_programs_that_are_too_old_are_told(monkeypatch, reachable_folder):
    monkeypatch.setenv("MAINSTAY_PG_BIN", str(fake_programs(reachable_folder / "bin", "13.4")))
    with pytest.raises(WrongPostgres, match=r"15 or newer is needed, but the programs in .*/bin are version 13"):
        EmbeddedPostgres(reachable_folder / "data").start()


def test_a_program_folder_without_programs_is_told(monkeypatch, reachable_folder):
    monkeypatch.setenv("MAINSTAY_PG_BIN", str(reachable_folder))
    with pytest.raises(NoPostgres, match="where there is no `postgres` and `initdb`"):
        EmbeddedPostgres(reachable_folder).start()


def test_a_server_that_cannot_start_says_why(postgres):
    postgres.stop()
    broken = postgres.place.data / "postgresql.conf"
    broken.write_text("no_such_setting = 1\n")
    with pytest.raises(PostgresFailed, match=r"did not start: .*configuration file.* \(see .*postgres\.log\)"):
        postgres.start()


def test_the_log_is_kept_from_growing(postgres, monkeypatch):
    monkeypatch.setattr("mainstay.operate.postgres.LOG_LIMIT_BYTES", 100)
    log = postgres.place.log
    for _ in range(3):
        with log.open("a") as file:
            file.write("x" * 200)
        postgres.trim_log()
    assert log.stat().st_size == 0
    assert log.with_suffix(".log.1").stat().st_size >= 200
    with pytest.raises(psycopg.errors.UndefinedTable):
        one(postgres, "select * from nothing_there")
    assert b"nothing_there" in log.read_bytes()


def test_two_starters_at_once_make_one_server(reachable_folder):
    code = "import sys; from pathlib import Path; from mainstay.operate.postgres import EmbeddedPostgres; "
    code += "p = EmbeddedPostgres(Path(sys.argv[1]), durable=False); p.start(); print(p.pid())"
    command = [sys.executable, "-c", code, str(reachable_folder)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, cwd=PROJECT_ROOT) for _ in range(2)]
    try:
        pids = {process.communicate(timeout=60)[0].strip() for process in both}
        assert len(pids) == 1
        assert int(pids.pop()) == EmbeddedPostgres(reachable_folder).pid()
    finally:
        EmbeddedPostgres(reachable_folder).stop(hurry=True)
