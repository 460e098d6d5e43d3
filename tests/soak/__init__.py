"""The exchange under misfortune: ``make soak``, and a few kills in ``make test``.

A server process is killed at random moments, the database goes away, the disk is full, clocks
are wrong, two exchanges go at once; 1C repeats as 1C does. Whatever happened, the shop ends up
as after an undisturbed run, and 1C holds each order once.
"""
