"""Who buys: companies, their legal entities, their buyers; who may see what (access.py)."""
