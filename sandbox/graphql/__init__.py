"""The shop's ``/graphql/``: the part of Saleor 3.23's schema that the story needs.

Same names, arguments, global ids and error shapes, so that one and the same query text works
on both. The overlay's ``Queries`` and ``Mutations`` are mixed in as on Saleor. A wholesale
login sees contract prices in the unchanged catalogue query: the price loader asks the
resolver (:mod:`sandbox.graphql.loaders`), in a number of statements that doesn't grow with
the page.
"""
