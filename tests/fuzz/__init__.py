"""Fuzzing: of the two ways of reading against each other, of the reader, of the exchange.

`make fuzz` runs all three (`run`); pytest collects nothing here.
"""
