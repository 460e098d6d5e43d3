"""The HTTP conversation that 1C starts, as a table: state × request → step.

`table` holds the table, `steps` what each step does, `views` the one address. The rules:

- A step never asks what state it is in; a request that the table doesn't have changes
  nothing and is told what was expected.
- ``success`` is answered only after a durable commit: 1C forgets whatever was confirmed.
- Every step can be repeated without harm: 1C repeats whatever wasn't confirmed.
- Everything lives in the database, files too: several processes and hosts may answer one
  conversation.
"""
