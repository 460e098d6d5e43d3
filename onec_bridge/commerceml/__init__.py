"""CommerceML 2 (and 1), read and written as streams.

The lowest package of the bridge: standard library only, no Django, nothing else of this
project, so `python -m onec_bridge check` works with no more than the package installed.
"""
