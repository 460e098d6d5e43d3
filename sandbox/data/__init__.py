"""The demo's own data: a 1C base of garden and building goods, and the shop that sells them.

Made by a person, belonging to nobody, the same on every machine. The sandbox and the tests may
import it; the packages of the wheel may not. Nothing here needs Django or a database.
"""

from sandbox.data.catalogue import Counterparty, Good, Offer, counterparties, goods
from sandbox.data.exchange import ExchangeDialect, write_exchange
from sandbox.data.retail import RetailGood, RetailVariant, retail_goods
from sandbox.data.seller import SELLER
from sandbox.data.spreadsheet import counterparties_xlsx
from sandbox.data.truth import ExpectedPrice, Truth, truth

__all__ = [
    "SELLER",
    "Counterparty",
    "ExchangeDialect",
    "ExpectedPrice",
    "Good",
    "Offer",
    "RetailGood",
    "RetailVariant",
    "Truth",
    "counterparties",
    "counterparties_xlsx",
    "goods",
    "retail_goods",
    "truth",
    "write_exchange",
]
