"""The Saleor plugin: the only package of the overlay that imports Saleor.

``seam`` puts the overlay into Saleor's own ``/graphql/``; ``plugin`` holds the hooks; ``shop``
and its neighbours answer the port; ``checks`` says in words what no longer holds on a newer
Saleor. Written for and tried on Saleor 3.23.28; nothing outside imports from here but Django's
settings (``saleor.plugins`` entry point, ``B2B_SHOP``) and :mod:`b2b_overlay.apps`.
"""
