"""The bridge's own Saleor plugin: 1C's address and the desk's journal on Saleor."""
