"""CommerceML 2 (and 1), read and written as streams.

The lowest package of the bridge: standard library only, no Django, nothing else of this
project, so `python -m onec_bridge check` works with no more than the package installed.
Others import from `records`, `reader`, `writer`, `archive` and `values`; a module whose
name begins with an underscore is this package's own.
"""
