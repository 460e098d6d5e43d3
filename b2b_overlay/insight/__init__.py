"""What the shop learns from what the overlay keeps: exceptions from the terms of trade.

The top layer: it reads every other one, and none of them reads it. Nothing is written here.
"""
