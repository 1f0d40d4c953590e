"""The name under which a file is saved: foreign text made harmless for every system it may land on."""

import re
import unicodedata

LENGTH_MAX = 200
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
MEANT_FOR_PATHS = re.compile(r'[<>:"/\\|?*%;]')
DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\..*)?")


def download_name(given: str) -> str:
    """`given` without paths, unseen signs, and names that mean something to a system; never empty, its ending kept."""
    name = unicodedata.normalize("NFC", given)
    name = "".join(letter for letter in name if unicodedata.category(letter) not in UNSEEN)
    name = MEANT_FOR_PATHS.sub("_", name).strip(" .")
    if len(name) > LENGTH_MAX:
        stem, dot, ending = name.rpartition(".")
        kept = f"{dot}{ending}" if stem and len(ending) <= 10 else ""
        name = name[: LENGTH_MAX - len(kept)].rstrip(" .") + kept
    return f"_{name}" if DEVICES.fullmatch(name) else name or "file"
