"""The 1C programmer's page: whatever he needs to mend his side in an hour, and nothing of the shop.

He is of another company, so he has no account here: a link that nobody guesses and a password of
its own lead to the pages of one connection. Rules: only what he sent himself, what he was
answered, and the orders that wait for him; no cookie, menu or link of the shop; in the language
that the connection answers in; without JavaScript, at phone width.
"""
