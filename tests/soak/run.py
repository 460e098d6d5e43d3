"""``make soak``: the exchange under misfortune, on a PostgreSQL of its own.

``SEED=`` repeats a run's chances, ``COUNT=`` is how many times the process is killed (200).
Each round has a fresh copy of one prepared database; after it the shop has to be as after an
undisturbed run. Exits with 1 where it isn't, and says where.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--count", type=int, default=200, help="how many kills (200)")
    parser.add_argument("--gone", type=float, default=60, help="seconds without database (60)")
    parser.add_argument("--only", choices=("kills", "others"), help="a part of it")
    return parser.parse_args()


def main() -> int:
    """Set Django up on a folder of its own, and begin."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        os.environ["SANDBOX_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "sandbox.settings"
        os.environ.setdefault("SANDBOX_LOG", "CRITICAL")
        import django

        django.setup()
        from .soak import soak

        return soak(options.seed, options.count, options.gone, options.only)


if __name__ == "__main__":
    sys.exit(main())
