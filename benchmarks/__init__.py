"""Measurements, never tests: each prints one table and gives rows for ``results.json``.

A benchmark is a module of this package with a docstring that says what is measured and a
function ``run() -> list[Row]``. ``python -m benchmarks.run [NAME…]`` runs them.
"""
