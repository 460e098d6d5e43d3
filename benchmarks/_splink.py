"""Splink on the same base of counterparties: what a careful user of it would set up.

It is given what our own code folds (names without legal form and quotes, look-alikes folded,
phones by their last ten digits, words of addresses), so what differs is the comparing. Blocking:
INN, account, phone, e-mail, any word of the name, its beginning and its end. Trained by EM as
its documentation says: u by random pairs, m within blocks of INN, of name and of phone.
"""

from __future__ import annotations

import logging
import warnings
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from b2b_overlay.company.likeness import Traits

__all__ = ["Pairs", "pairs"]

#: Two places in the base and the probability that they are one, the likest first.
Pairs = list[tuple[int, int, float]]


def pairs(base: Sequence[Traits]) -> Pairs | None:
    """Every pair that splink thinks of; None where it isn't installed (``make bench`` does)."""
    try:
        import duckdb
        import splink
    except ImportError:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _predict(splink, duckdb, base)


def _columns(base: Sequence[Traits]) -> dict[str, list[Any]]:
    columns: defaultdict[str, list[Any]] = defaultdict(list)
    for place, traits in enumerate(base):
        words = sorted(traits.name)
        row = {
            "unique_id": place,
            "name": " ".join(words),
            "words": words,
            "form": traits.form or None,
            "inn": traits.inn or None,
            "kpp": traits.kpp or None,
            "account": next(iter(traits.accounts), None),
            "phone": next(iter(traits.phones), None),
            "email": next(iter(traits.emails), None),
            "address": sorted(frozenset().union(*traits.addresses)) or None,
        }
        for name, value in row.items():
            columns[name].append(value)
    return columns


def _predict(splink: Any, duckdb: Any, base: Sequence[Traits]) -> Pairs:
    import pyarrow
    import splink.comparison_library as cl
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    exact = ("account", "phone", "email")
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.LevenshteinAtThresholds("inn", [1]),
            cl.ExactMatch("kpp"),
            cl.ExactMatch("form"),
            cl.JaroWinklerAtThresholds("name", [0.97, 0.92, 0.85]).configure(
                term_frequency_adjustments=True
            ),
            cl.ArrayIntersectAtSizes("address", [4, 3, 2]),
            *(cl.ExactMatch(each).configure(term_frequency_adjustments=True) for each in exact),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("inn"),
            block_on("name"),
            *map(block_on, exact),
            block_on("words", arrays_to_explode=["words"]),
            block_on("substr(name, 1, 5)"),
            block_on("right(name, 5)"),
        ],
        retain_matching_columns=False,
    )
    api = DuckDBAPI(connection=duckdb.connect())
    frame = api.register(pyarrow.table(_columns(base)))
    linker = Linker(frame, settings, log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("inn", "name"), block_on("account", "name"), block_on("phone", "name")],
        recall=0.6,
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6)
    for block in ("inn", "name", "phone"):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(block))
    found = linker.inference.predict(threshold_match_probability=0.0001)
    rows = found.as_duckdbpyrelation().select("unique_id_l, unique_id_r, match_probability")
    return sorted(rows.fetchall(), key=lambda row: (-row[2], row[0], row[1]))
