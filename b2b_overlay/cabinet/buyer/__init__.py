"""The buyer's pages: catalogue, cart, checkout, orders. One module per section.

Every view is parse, call an action, answer; what stands in the header of each page (for
whom he buys, what lies in his cart) is added by :mod:`.frame`.
"""
