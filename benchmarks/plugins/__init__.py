"""What a benchmark runs inside Saleor: the only place here that imports it."""
