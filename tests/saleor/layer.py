"""A virtual environment laid over Saleor's own, so that nothing is installed into that one.

The overlay goes in from a built wheel, with whatever of its requirements Saleor doesn't
already bring. A requirement that Saleor's pins don't satisfy ends the run: the overlay must
not move one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from .databases import Missing

DISTRIBUTION = "saleor-b2b-overlay"

#: Run in the layer: which requirements are missing, which are there in a wrong version.
_PROBE = """
import json, sys
from importlib.metadata import PackageNotFoundError, requires, version
from packaging.requirements import Requirement
missing, wrong = [], []
for text in requires(sys.argv[1]) or ():
    requirement = Requirement(text)
    if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
        continue
    try:
        found = version(requirement.name)
    except PackageNotFoundError:
        missing.append(text)
        continue
    if found not in requirement.specifier:
        wrong.append(f"{text} (Saleor has {found})")
print(json.dumps([missing, wrong]))
"""


def build(root: Path, folder: Path) -> Path:
    """The overlay's wheel, built from the repository."""
    _run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, root])
    (wheel,) = folder.glob("*.whl")
    return wheel


def make(folder: Path, saleor: Path, wheel: Path | None) -> Path:
    """The layer's Python, with the wheel installed over Saleor's packages."""
    _run([saleor / ".venv/bin/python", "-m", "venv", "--without-pip", folder])
    (packages,) = folder.glob("lib/python*/site-packages")
    (theirs,) = (saleor / ".venv").glob("lib/python*/site-packages")
    (packages / "saleor_beneath.pth").write_text(
        f"import site; site.addsitedir({str(theirs)!r}); site.addsitedir({str(saleor)!r})\n"
    )
    python = folder / "bin/python"
    if wheel is not None:
        _install(python, wheel)
        missing, wrong = json.loads(_run([python, "-c", _PROBE, DISTRIBUTION]))
        if wrong:
            raise Missing("The overlay asks for other versions than Saleor's: " + ", ".join(wrong))
        if missing:
            _install(python, *missing)
    return python


def add(python: Path, *requirements: str) -> None:
    """What tests need and Saleor hasn't, into the layer."""
    _install(python, *requirements)


def _install(python: Path, *what: Path | str) -> None:
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps"]
    _run([*pip, "--disable-pip-version-check", *what])


def _run(command: list[Path | str]) -> str:
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode:
        raise Missing(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout
