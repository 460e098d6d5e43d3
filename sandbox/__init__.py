"""The sandbox: a small retail shop on an embedded PostgreSQL, for a machine without Saleor.

``make demo`` and ``make test`` run on it. It plays Saleor's part: models of its own, the
port's adapter (:mod:`sandbox.shop`), a GraphQL endpoint that speaks the part of Saleor's
schema the story needs (:mod:`sandbox.graphql`). It has no pages beyond the overlay's and is
not in the wheel. The contract tests (``tests/contract``) keep it honest: where it and Saleor
disagree, Saleor is right.
"""
