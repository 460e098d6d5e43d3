"""Run inside Saleor by ``exchange_database``: two files of 1C taken, twice; CPU seconds of each
time into the file named by BENCH_TOLD."""

# ruff: noqa: E402 - the overlay's models are imported after django.setup()
from __future__ import annotations

import json
import os
from pathlib import Path

import django

django.setup()

from benchmarks._cpu import cpu
from onec_bridge.commerceml.reader import read
from onec_bridge.models import Connection
from onec_bridge.sync import apply_file

paths = [Path(each) for each in os.environ["BENCH_FILES"].split(os.pathsep)]
connection = Connection.objects.create(
    name="bench",
    login="bench",
    password="!",
    channel="ru",
    retail_price_type=os.environ["BENCH_RETAIL"],
)


def take() -> None:
    for path in paths:
        with path.open("rb") as stream:
            apply_file(connection, read(stream, path.name), file_name=path.name)


Path(os.environ["BENCH_TOLD"]).write_text(json.dumps([cpu(take), cpu(take)]))
