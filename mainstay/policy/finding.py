"""Where the policy file lies when nobody names one."""

import os
from pathlib import Path

from .errors import PolicyUnreadable

ENVIRONMENT = "MAINSTAY_POLICY"
FILE_NAME = "policy.toml"
PACKAGED = Path(__file__).with_name("sample.toml")  # the checkout's policy.toml, as it lies in a wheel
CHECKOUT = Path(__file__).resolve().parents[2] / FILE_NAME


def default_policy_path() -> Path:
    """The file that MAINSTAY_POLICY names, else policy.toml of the current folder, else the sample company's.

    A file that is named but not there is returned as it is: the one who reads it says so.
    """
    named = os.environ.get(ENVIRONMENT, "")
    if named:
        return Path(named).expanduser()
    here = Path(FILE_NAME)
    return here if here.is_file() else sample_policy_path()


def sample_policy_path() -> Path:
    """The sample company's policy: of the installed package, else of the checkout; raises PolicyUnreadable."""
    for path in (PACKAGED, CHECKOUT):
        if path.is_file():
            return path
    raise PolicyUnreadable(f"There is no policy file: write one, and name it with --policy or {ENVIRONMENT}.")
