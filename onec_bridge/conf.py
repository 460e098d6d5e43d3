"""Settings of the bridge, read lazily, in one place. What differs between two 1C bases is a
field of `Connection` instead.

``ONEC_TIME_BUDGET``
    Seconds that one request may work before it answers ``progress``. Default 20: proxies cut
    at 60, and УТ 11 gives up at 180.
``ONEC_HOLD``
    Seconds to hold a ``progress`` that had nothing to work on. УТ 11 asks again without a
    pause. Default 3.
``ONEC_SESSION_LIFE``
    Seconds of silence after which 1C has to sign in again. Default 3600.
``ONEC_RUN_SILENCE``
    Seconds of silence after which a half-done import no longer keeps another run of the
    same 1C out. Default 60.
``ONEC_KEEP_DAYS``
    Days that files stay as they came, so that the same file is never asked for twice and an
    exchange can be replayed. Default 30; 0 drops a file's bytes as soon as it is imported.
``ONEC_JOURNAL_DAYS``
    Days that the journal goes back. Default 90.
``ONEC_MAX_FILE``
    Bytes one file may have, in parts together, and unpacked. Default 2 GiB.
``ONEC_MAX_SESSION``
    Bytes that all files of one session may have. Default 10 GiB.
``ONEC_MAX_ENTRIES``
    Files one archive may hold. Default 100,000.
``ONEC_BODY_SECONDS``
    Seconds one body may take to arrive. Default 300.
``ONEC_SIGN_IN_TRIES``
    Wrong passwords for a login from one address in ten minutes, after which it has to wait;
    three times as many from the address with any logins, ten times for the login from all
    addresses. Default 30.
``ONEC_WORKER``
    Does a worker of the shop (Celery on Saleor, where it has a broker) import, and requests
    only tell how far it is? Default ``True``; where no worker takes the work within
    ``ONEC_RUN_SILENCE`` / 4 seconds, the requests do it themselves.
"""

from __future__ import annotations

from django.conf import settings

__all__ = ["conf"]


class Conf:
    @property
    def time_budget(self) -> float:
        return float(getattr(settings, "ONEC_TIME_BUDGET", 20))

    @property
    def hold(self) -> float:
        return float(getattr(settings, "ONEC_HOLD", 3))

    @property
    def session_life(self) -> int:
        return int(getattr(settings, "ONEC_SESSION_LIFE", 3600))

    @property
    def run_silence(self) -> int:
        return int(getattr(settings, "ONEC_RUN_SILENCE", 60))

    @property
    def keep_days(self) -> int:
        return int(getattr(settings, "ONEC_KEEP_DAYS", 30))

    @property
    def journal_days(self) -> int:
        return int(getattr(settings, "ONEC_JOURNAL_DAYS", 90))

    @property
    def max_file(self) -> int:
        return int(getattr(settings, "ONEC_MAX_FILE", 2 * 1024**3))

    @property
    def max_session(self) -> int:
        return int(getattr(settings, "ONEC_MAX_SESSION", 10 * 1024**3))

    @property
    def max_entries(self) -> int:
        return int(getattr(settings, "ONEC_MAX_ENTRIES", 100_000))

    @property
    def body_seconds(self) -> float:
        return float(getattr(settings, "ONEC_BODY_SECONDS", 300))

    @property
    def worker(self) -> bool:
        return bool(getattr(settings, "ONEC_WORKER", True))

    @property
    def sign_in_tries(self) -> int:
        return int(getattr(settings, "ONEC_SIGN_IN_TRIES", 30))


conf = Conf()
