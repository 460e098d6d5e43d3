"""What a person or a test changes in a client's habits, and what comes of a scenario."""

from dataclasses import dataclass

from onec_bridge.simulator.faults import Fault
from onec_bridge.simulator.step import Step
from onec_bridge.simulator.wire import Mishap

__all__ = ["Options", "Run"]


@dataclass(frozen=True, slots=True)
class Options:
    """What a person or a test changes in the client's habits.

    `zipped`: None as the dialect and the site agree, else forced. `part_size`: bytes a part in
    place of the site's file_limit, 0 for whole files. `reversed_order`: files and imports in
    reverse order of names. `repeats_files`: each file is posted twice, as add-ons do after a
    hiccup; `repeats_parts`: each part is, which no site can make a file of. `breaks_after`: a run
    ends after so many requests, as when a cable is pulled. `mishaps`: what befalls single requests.
    `loses_cookie`: a proxy takes it off. `keeps_first_key`: the sessid of the first session goes
    back in all later ones. `retries`: how often packages that failed are sent again within a run,
    a setting of the node (a dialect's own `retries` is what its nodes usually have). `rounds`: most
    requests of one progress or query loop. `pause_scale`: what the dialect's pauses are multiplied
    by.
    """

    zipped: bool | None = None
    part_size: int | None = None
    reversed_order: bool = False
    repeats_files: bool = False
    repeats_parts: bool = False
    breaks_after: int | None = None
    mishaps: tuple[Mishap, ...] = ()
    loses_cookie: bool = False
    keeps_first_key: bool = False
    retries: int = 0
    rounds: int = 200
    pause_scale: float = 1


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a scenario: its steps, and whether it got to its end.

    `orders` are the bodies that query has given in the run's last session, as the site sent them.
    `given_up`: a package was never taken, however often it was sent.
    """

    steps: tuple[Step, ...]
    broken_off: bool = False
    orders: tuple[bytes, ...] = ()
    given_up: bool = False

    @property
    def faults(self) -> tuple[Fault, ...]:
        return tuple(fault for step in self.steps for fault in step.faults)

    @property
    def succeeded(self) -> bool:
        """Whether a real client would report the exchange as done."""
        return not self.broken_off and not self.given_up
