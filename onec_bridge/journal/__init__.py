"""What was exchanged, each problem in words, and the pages that show them.

The journal is for two people: the shop's manager, who asks «did it go through?», and 1C's
programmer, who asks «which line?». Rules: an entry for every request, kept however it ended;
never a password or a token; a problem is stored as code and values and put into words in the
reader's language.
"""
