"""The B2B overlay: wholesale on top of a shop that already sells at retail.

One Django app. Layers, lowest first: ``shop`` (the port), ``company``, ``terms``,
``pricing``, ``ordering``, ``insight``; above them ``graphql`` and ``cabinet``, which do not
know each other. Only ``plugins`` imports Saleor. The rules are checked by import-linter
(setup.cfg).
"""

__version__ = "0.1.0"
