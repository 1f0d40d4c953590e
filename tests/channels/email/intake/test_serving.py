"""The listener as a process of its own."""

import contextlib
import os
import signal
import smtplib
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from mainstay.cli.main import main
from tests.channels.email.intake.desks import OURS

SERVING = """
import sys
from mainstay.channels.email.intake import serve

def store(raw, envelope_from, recipients, peer):
    open(sys.argv[1], "ab").write(raw)

serve("127.0.0.1", 0, store=store, accepts=lambda address: True, on_ready=lambda host, port: print(port, flush=True))
"""


@pytest.mark.slow
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_the_process_ends_on_a_signal(tmp_path: Path, sign: signal.Signals) -> None:
    root = Path(__file__).resolve().parents[4]
    kept = tmp_path / "kept"
    environment = os.environ | {"PYTHONPATH": str(root)}
    with subprocess.Popen(
        [sys.executable, "-c", SERVING, str(kept)], stdout=subprocess.PIPE, env=environment, cwd=root
    ) as process:
        port = int(process.stdout.readline())  # type: ignore[union-attr]
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as server:
            server.sendmail("a@b.example", [OURS], b"Hello\r\n")
        process.send_signal(sign)
        assert process.wait(10) == 0
    assert kept.read_bytes() == b"Hello\r\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--host", "0.0.0.0"], "--tls-cert and --tls-key"),
        (["--tls-cert", "missing.pem", "--tls-key", "missing.key"], "cannot be used: no such file"),
        (["--tls-cert", "missing.pem"], "name both files"),
    ],
)
def test_the_command_says_in_one_sentence_why_it_does_not_start(
    monkeypatch: pytest.MonkeyPatch, options: list[str], said: str
) -> None:
    monkeypatch.setattr("mainstay.cli.parts.ready_part", lambda name, data: contextlib.nullcontext())
    monkeypatch.setattr("mainstay.cli.parts.wait_for_go", lambda: None)
    result = CliRunner().invoke(main, ["intake", "--port", "0", *options])
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert said in result.output
    assert result.output.count("\n") == 1
