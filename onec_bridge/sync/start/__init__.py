"""Start without 1C: goods, prices and stock from spreadsheets that a manager saved out of 1C.

What a sheet says becomes records of CommerceML and goes the way of a file of 1C, so links,
units, packs, VAT and prices behave the same. Goods are known by 1C's id where the sheet has
it, else by an id made of their code, article or name (:mod:`.ids`), until the real exchange
takes them over (:mod:`.takeover`). Until then orders go out by e-mail or as files
(:mod:`.handing`).
"""
