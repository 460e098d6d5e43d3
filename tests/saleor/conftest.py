"""Promises that only make sense inside Saleor; run there by ``run.py``."""

from contract.conftest import (
    ON_SALEOR,
    ask,
    cast,
    deliver,
    shop,
    stand,
)

__all__ = ["ask", "cast", "deliver", "shop", "stand"]

if ON_SALEOR:
    from contract.conftest import _commit_at_once, _replica, django_db_setup

    __all__ += ["_commit_at_once", "_replica", "django_db_setup"]
else:
    collect_ignore_glob = ["test_*.py"]
