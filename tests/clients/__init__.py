"""Runs 1C-side clients that others wrote against the sandbox's exchange: `make test-clients`.

None of their code is here: a folder with their checkouts is given. See docs/compatibility.md.
"""
