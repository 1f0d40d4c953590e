"""Whether the models and the migrations agree, proved on a throw-away PostgreSQL: they apply, and none is missing."""

import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mainstay.cli.desk import set_up_django
from mainstay.operate.postgres import EmbeddedPostgres


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="mainstay-check-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # as root, PostgreSQL's own user must get through
        os.environ["MAINSTAY_DATA"] = name
        postgres = EmbeddedPostgres(folder, durable=False)
        os.environ["DATABASE_URL"] = postgres.start()
        try:
            _check()
        finally:
            postgres.stop(hurry=True)


def _check() -> None:
    set_up_django()
    from django.core.management import call_command
    from django.db import connections

    call_command("check", fail_level="WARNING")
    call_command("migrate", verbosity=0, interactive=False)
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=1)
    connections.close_all()


if __name__ == "__main__":
    main()
