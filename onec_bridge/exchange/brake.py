"""Wrong passwords are counted, and after many of them even trying is refused.

Counted over the journal's last ten minutes, by login and address together, by address alone
(one machine that tries many logins) and by login alone (many machines that try one). Whoever
signed in once with the very same header is let in before anything is counted, see `sign_in`:
somebody who guesses can't lock the real 1C out. A refusal by the brake isn't written down, so
that guessing fills no table.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from onec_bridge.conf import conf
from onec_bridge.journal.models import Entry

from . import clock

__all__ = ["RefusedError", "brake"]

WITHIN = dt.timedelta(minutes=10)
#: How many times as much an address may try with all logins, and a login from all addresses.
BY_ADDRESS, BY_LOGIN = 3, 10


class RefusedError(Exception):
    """Nobody may ask this; `args[0]` is a line for 1C's programmer."""

    def __init__(self, line: str, *, noted: bool = True) -> None:
        super().__init__(line)
        self.noted = noted
        """Does it leave an entry in the journal?"""


def brake(login: str, ip: str | None) -> None:
    """Raises `RefusedError` where too many passwords were wrong lately."""
    wrong = Entry.objects.filter(
        Q(login=login) | Q(ip=ip), status=401, at__gt=clock.now() - WITHIN
    ).aggregate(
        here=Count("pk", filter=Q(login=login, ip=ip)),
        address=Count("pk", filter=Q(ip=ip)),
        login=Count("pk", filter=Q(login=login)),
    )
    tries = conf.sign_in_tries
    if (
        wrong["here"] >= tries
        or wrong["address"] >= tries * BY_ADDRESS
        or wrong["login"] >= tries * BY_LOGIN
    ):
        raise RefusedError(
            _("Too many wrong passwords. Wait ten minutes; whoever signed in before still can."),
            noted=False,
        )
