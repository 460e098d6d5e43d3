"""``deactivate``: goods that a full export didn't bring are taken off sale, within a limit.

The 1C-Bitrix module sends it after a complete export, with the time that ``checkauth`` gave at
the run's beginning (protocol, section 6). A filter in 1C, or a portion that failed, looks just
like goods removed (in_practice, 24). So it is obeyed only where the connection says so, only
when every file of the run was imported, and only up to a share of the goods; past that nothing
is touched and a person is asked, on the exchange's page.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from b2b_overlay.company.access import User
from onec_bridge import sync
from onec_bridge.sync.models import Link

from . import clock
from .lease import Hold, hold
from .models import AbsentGoods, MetProduct, ReceivedFile, Session
from .work import Outcome, Result

__all__ = ["decide", "take_off"]

State = AbsentGoods.State
#: 1C forms names of sessions' times in whole seconds.
SECOND = dt.timedelta(seconds=1)


def take_off(session: Session, timestamp: int | None, held: Hold, deadline: float) -> Outcome:
    """Take absent goods off sale, or ask; a repeat goes on, or says the same."""
    first = _first_session(session, timestamp)
    if first is None:
        return _nothing(_("The timestamp isn't one that this site gave; nothing is taken off."))
    if (waiting := _unfinished(session, first)) is not None:
        return _nothing(
            _("The export isn't complete (%(file)s); nothing is taken off.")
            % {"file": waiting.name}
        )
    found = AbsentGoods.objects.filter(session=session).first() or _look(session, first)
    if found.state == State.ASKED:
        return _nothing(
            _(
                "%(absent)s of %(of)s goods weren't in the export, more than %(limit)s %%. "
                "Nothing is taken off: the site's manager has been asked."
            )
            % {"absent": found.absent, "of": found.of, "limit": _limit(session)}
        )
    return _go_on(found, held, deadline) if found.state == State.TAKEN_OFF else _kept()


def _first_session(session: Session, timestamp: int | None) -> Session | None:
    """The session in which the run began: the one whose ``checkauth`` gave this time."""
    if timestamp is None or timestamp > clock.now().timestamp() + 1:
        return None
    moment = dt.datetime.fromtimestamp(timestamp, dt.UTC)
    sessions = session.connection.sessions.filter(pk__lte=session.pk, purpose=session.purpose)
    return (
        sessions.filter(started_at__gte=moment, started_at__lt=moment + SECOND)
        .order_by("pk")
        .first()
    )


def _unfinished(session: Session, first: Session) -> ReceivedFile | None:
    """A file of the run that wasn't imported to its end, or failed."""
    return (
        ReceivedFile.objects.filter(
            session__connection=session.connection_id,
            session__purpose=session.purpose,
            session__pk__gte=first.pk,
            type="catalog",
            kind__in=(ReceivedFile.Kind.XML, ReceivedFile.Kind.ARCHIVE),
        )
        .exclude(state__in=(ReceivedFile.State.IMPORTED, ReceivedFile.State.DROPPED))
        .order_by("pk")
        .first()
    )


def _look(session: Session, first: Session) -> AbsentGoods:
    """Count them, and remember what is to be done."""
    on_sale = sync.on_sale(session.connection)
    absent, of = _absent(session, first.pk).count(), on_sale.count()
    within = absent * 100 <= of * _limit(session)
    return AbsentGoods.objects.create(
        session=session,
        state=State.TAKEN_OFF if within else State.ASKED,
        since_number=first.pk,
        absent=absent,
        of=of,
    )


def _absent(session: Session, since: int) -> QuerySet[Link]:
    met = MetProduct.objects.filter(connection=session.connection_id, session_number__gte=since)
    return sync.on_sale(session.connection).exclude(external_id__in=met.values("external_id"))


def _limit(session: Session) -> int:
    return session.connection.absent_at_most


def _go_on(found: AbsentGoods, held: Hold, deadline: float) -> Outcome:
    absent = _absent(found.session, found.since_number)
    left = sync.take_off(found.session.connection, absent, deadline, held.renew)
    if left:
        held.finished = False
        done = found.absent - left
        text = _("taken off sale: %(done)s of %(absent)s") % {"done": done, "absent": found.absent}
        return Outcome(Result.GOING, text)
    text = _("Goods that weren't in the export and are taken off sale: %(absent)s of %(of)s.")
    return _nothing(text % {"absent": found.absent, "of": found.of})


def _kept() -> Outcome:
    return _nothing(_("Goods that weren't in the export stay for sale: a manager said so."))


def _nothing(text: str) -> Outcome:
    return Outcome(Result.DONE, text)


def decide(found: AbsentGoods, take: bool, user: User | None, deadline: float) -> AbsentGoods:
    """A manager answers the question: take the absent goods off sale, or leave them.

    What has come meanwhile isn't absent any more. Raises `lease.BusyError` while an exchange
    of this 1C is under way. Asked twice, the first answer holds.
    """
    with hold(found.session) as held:
        found.refresh_from_db()
        if found.state == State.ASKED:
            found.state = State.TAKEN_OFF if take else State.KEPT
            found.decided_by_id = user.pk if user is not None else None
            found.decided_at = clock.now()
            found.save()
        if found.state == State.TAKEN_OFF:
            _go_on(found, held, deadline)
            held.finished = True
    return found
