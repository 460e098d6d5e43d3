"""The bridge to 1C:Enterprise: one Django app, in parts that can be read one by one.

`commerceml` is the format and knows neither Django nor the rest; `exchange` is the HTTP
conversation 1C starts; `sync` says what a record means for the overlay; `journal` keeps
what was exchanged; `simulator` plays 1C's side. Importing this package imports none of them.
"""
