"""How it is ordered: a legal entity on a checkout, its prices, the gate, the order kept."""
