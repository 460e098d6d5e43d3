"""On what terms: the shop's own organisations, contracts, and the terms in force."""
