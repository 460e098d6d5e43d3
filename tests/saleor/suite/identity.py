"""Which Saleor and which overlay an outcome belongs to: a commit, and a digest of files."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

#: What an outcome with the overlay depends on. Not what stands beside it in the wheel's metadata.
OVERLAY = ("b2b_overlay", "onec_bridge", "tests/saleor/suite/inside", "pyproject.toml")


def of_saleor(saleor: Path) -> str:
    """The checkout's commit; with a digest of what was changed in it, where something was."""
    commit = _git(saleor, "rev-parse", "--short=12", "HEAD").decode().strip()
    changed = _git(saleor, "diff", "HEAD")
    return f"{commit}-{hashlib.sha256(changed).hexdigest()[:8]}" if changed else commit


def of_overlay(root: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(_files(root)):
        digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _files(root: Path) -> set[Path]:
    named = [root / name for name in OVERLAY]
    found = [file for each in named for file in (each.rglob("*") if each.is_dir() else [each])]
    return {file for file in found if file.is_file() and "__pycache__" not in file.parts}


def _git(folder: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", "-C", folder, *arguments], capture_output=True, check=True).stdout
