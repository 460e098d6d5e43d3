"""Several of ``manage.py``'s commands in one process: each start of Saleor takes ten seconds.
Each as a person runs it, the system checks before it included.

``python commands.py '[["migrate"], ["check"], …]'``, run inside Saleor by ``run.py``.
"""

from __future__ import annotations

import json
import sys

from django.core.management import execute_from_command_line

for command in json.loads(sys.argv[1]):
    print(f"$ manage.py {' '.join(command)}", flush=True)
    execute_from_command_line(["manage.py", *command])
