"""From a fresh checkout to a running command: makes `.venv`, installs what is missing, runs the command there.

    python3 tools/bootstrap.py [--dev] [COMMAND [ARGUMENT…]]

COMMAND is a Python module, run as `python -m`. With `--dev` the tools for tests and checks are installed too. Needs
nothing but the standard library; the second time it costs nothing, because a stamp says what was installed.
Written for old Pythons too as far as the first check, so that they can say what is missing.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
NEWER_NAMES = ("python3.13", "python3.12", "python3.11", "python3.14")


def main(words):
    if sys.version_info < OLDEST:
        run_with_newer_python()
    dev = words[:1] == ["--dev"]
    command = words[1:] if dev else words
    with one_at_a_time():
        make_environment(dev)
        compile_translations()
    if command:
        os.chdir(str(ROOT))
        os.execv(str(PYTHON), [str(PYTHON), "-m", *command])  # noqa: S606 (no shell is meant)


# --- the right Python ------------------------------------------------------------------------------------------------


def run_with_newer_python():
    for name in NEWER_NAMES:
        newer = shutil.which(name)
        if newer and works(newer):
            os.execv(newer, [newer, *sys.argv])  # noqa: S606
    have = ".".join(str(number) for number in sys.version_info[:3])
    stop(f"Mainstay needs Python 3.11 or newer and this is {have}: install a newer one, for example `python3.12`.")


def works(python):
    """Whether it starts and is new enough: a name on the PATH may be a shim for a version that is not there."""
    check = f"import sys; sys.exit(sys.version_info < {OLDEST!r})"
    return run_quietly([str(python), "-c", check])


# --- the environment -------------------------------------------------------------------------------------------------


def make_environment(dev):
    """Afterwards `.venv` has what pyproject.toml names, in the versions of constraints.txt."""
    names = ("run", "dev") if dev else ("run",)
    if all(is_stamped(name) for name in names):
        return
    if not works(PYTHON):
        say("Making the environment .venv …")
        create()
    say("Installing {} (once; this takes a moment) …".format("Mainstay and its test tools" if dev else "Mainstay"))
    install(["--editable", ".", *(dev_requirements() if dev else [])])
    for name in names:
        stamp(name).write_text(fingerprint())


def fingerprint():
    """Changes when an installation is out of date: other requirements, another Python, another folder."""
    texts = [(ROOT / name).read_bytes() for name in ("pyproject.toml", "constraints.txt", "hatch_build.py")]
    texts += [str(VENV).encode(), (VENV / "pyvenv.cfg").read_bytes()]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()


def is_stamped(name):
    try:
        return PYTHON.exists() and stamp(name).read_text() == fingerprint()
    except OSError:
        return False


def stamp(name):
    return VENV / f".installed-{name}"


def create():
    """With the standard library, else with `uv` or `virtualenv` when one is there (Debian has venv in a package)."""
    shutil.rmtree(str(VENV), ignore_errors=True)
    os.environ.setdefault("UV_PYTHON_DOWNLOADS", "never")
    ways = [[sys.executable, "-m", "venv", str(VENV)]]
    if shutil.which("uv"):
        ways.append(["uv", "venv", "--seed", "--python", sys.executable, str(VENV)])
    ways.append([sys.executable, "-m", "virtualenv", str(VENV)])
    ways.append(["virtualenv", "--python", sys.executable, str(VENV)])
    for way in ways:
        if run_quietly(way) and run_quietly([str(PYTHON), "-m", "pip", "--version"]):
            return
        shutil.rmtree(str(VENV), ignore_errors=True)
    if run_quietly([sys.executable, "-m", "pip", "--version"]) and create_without_pip():
        return
    version = "{}.{}".format(*sys.version_info[:2])
    stop(
        f"The environment {VENV} could not be made: Python's `venv` module is missing, or the folder can't be "
        f"written to. On Debian and Ubuntu: apt-get install python{version}-venv"
    )


def create_without_pip():
    """Debian without its venv package, but with pip: that pip installs into the environment from outside."""
    return run_quietly([sys.executable, "-m", "venv", "--without-pip", str(VENV)])


def install(what):
    if run_quietly([str(PYTHON), "-m", "pip", "--version"]):
        pip = [str(PYTHON), "-m", "pip"]
    else:
        pip = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    options = ["--quiet", "--disable-pip-version-check", "--prefer-binary", "--constraint", "constraints.txt"]
    if subprocess.call([*pip, "install", *options, *what], cwd=str(ROOT)):
        stop("The installation failed; the lines above say why. Run the same command again when it is mended.")


def dev_requirements():
    import tomllib

    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]["dev"]


# --- translations ----------------------------------------------------------------------------------------------------


def compile_translations():
    """A translation that is newer than its compiled form is compiled: with Babel if it is there, else by installing."""
    old = [source for source in ROOT.glob("mainstay/locale/*/LC_MESSAGES/*.po") if is_stale(source)]
    if not old:
        return
    compiler = VENV / "bin" / "pybabel"
    if not compiler.exists():
        install(["--no-deps", "--editable", "."])
        return
    for source in old:
        language = source.parts[-3]
        names = ["-i", str(source), "-o", str(source.with_suffix(".mo")), "-l", language]
        if not run_quietly([str(compiler), "-q", "compile", *names]):
            stop(f"The translation {source} could not be compiled: `{compiler} compile` on it says why.")


def is_stale(source):
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime


# --- small things ----------------------------------------------------------------------------------------------------


class one_at_a_time:  # noqa: N801 (reads as what it does)
    """`make run` and `make test` at the same moment in a fresh checkout: the second waits for the first."""

    def __enter__(self):
        self.file = Path(__file__).open()
        try:
            import fcntl

            fcntl.flock(self.file, fcntl.LOCK_EX)
        except (ImportError, OSError):  # a file system without locks
            pass

    def __exit__(self, *_):
        self.file.close()


def run_quietly(argv):
    """Whether it ended well; a program that is not there did not."""
    try:
        return subprocess.call(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=str(ROOT)) == 0
    except OSError:
        return False


def say(text):
    print(text, flush=True)


def stop(sentence):
    sys.exit(f"Error: {sentence}")


if __name__ == "__main__":
    main(sys.argv[1:])
