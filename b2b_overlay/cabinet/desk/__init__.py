"""The sales desk: companies and their terms, counterparties from 1C, price lists, orders.

For the shop's staff; for a buyer these pages don't exist.
"""
