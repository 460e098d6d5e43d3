"""Pages: the buyer's cabinet (``buyer/``) and the sales desk (``desk/``).

Above the actions of company, terms, pricing and ordering; beside ``graphql``, which it does
not know. The pages carry their own sign-in, CSRF check, language, messages, headers and
files (:mod:`.pages`, :mod:`.session`, :mod:`.assets`), so that they are the same in the
sandbox and behind a Saleor plugin's webhook, where no Django middleware does these.
"""
