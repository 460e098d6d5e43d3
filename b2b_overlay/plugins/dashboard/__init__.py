"""The overlay inside Saleor's own Dashboard: on a customer, an order and a product, and links to
the sales desk's pages.

The Dashboard sends a form into a frame (or a new tab) with a token of Saleor's, good for five
minutes, for one extension and the permissions of both it and the user (:mod:`.entry`). From
there two ways, for two kinds of danger:

* **A page in the Dashboard's frame has no cookie.** A cookie that works in another site's frame
  would have to go along with every request that any site makes, and Saleor answers any origin
  with credentials allowed. So the page's forms carry a ticket of ours: what isn't sent by
  itself can't be misused, and it works where browsers keep no cookies of others' frames.
* **A desk page opens in a tab of its own**, where the desk's usual cookie (Lax) is set for a
  visit. Only a form that came from the Dashboard's own origin does that, so that nobody is
  signed in as somebody else. The desk itself can't be framed, by the Dashboard neither.

Both fall with the user's tokens in Saleor, his password, or his permission, at once.
"""
