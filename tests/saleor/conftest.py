"""Promises that only make sense inside Saleor; run there by ``run.py``."""

from contract.conftest import (
    ON_SALEOR,
    a_fifth_off,
    answers,
    ask,
    cast,
    deliver,
    hose,
    onec,
    order,
    shop,
    stacks,
    stand,
)

__all__ = [
    "a_fifth_off",
    "answers",
    "ask",
    "cast",
    "deliver",
    "hose",
    "onec",
    "order",
    "shop",
    "stacks",
    "stand",
]

if ON_SALEOR:
    from contract.conftest import _commit_at_once, _replica, django_db_setup
    from saleor_promotions import ten_off, ten_per_cent_off_orders

    __all__ += ["_commit_at_once", "_replica", "django_db_setup"]
    __all__ += ["ten_off", "ten_per_cent_off_orders"]
else:
    collect_ignore_glob = ["test_*.py"]
