"""Several of ``manage.py``'s commands in one process: each start of Saleor takes ten seconds.

``python commands.py '[["migrate"], ["check"], …]'``, run inside Saleor by ``run.py``.
"""

from __future__ import annotations

import json
import sys

import django

django.setup()

from django.core.management import call_command

for command in json.loads(sys.argv[1]):
    print(f"$ manage.py {' '.join(command)}", flush=True)
    call_command(*command)
