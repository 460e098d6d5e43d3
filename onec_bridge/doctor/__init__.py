"""The doctor: looks at what a 1C sends and how, and says what is set wrong on its side.

The reverse of the simulator, which judges sites. Knows neither Django nor the rest of the bridge
but the format and the simulator: the same verdict is given by the site's pages from what it
received, and at the command line from files, a folder or an address. `clues` gathers, `families`
tells configurations apart, `findings` judges, `settings` says where in which configuration the
thing to change is.
"""

from onec_bridge.doctor.clues import Clues, FileSeen, Visit
from onec_bridge.doctor.families import FAMILIES, Family, Guess, dialect, guesses
from onec_bridge.doctor.findings import Finding, findings
from onec_bridge.doctor.report import Report, report

__all__ = [
    "FAMILIES",
    "Clues",
    "Family",
    "FileSeen",
    "Finding",
    "Guess",
    "Report",
    "Visit",
    "dialect",
    "findings",
    "guesses",
    "report",
]
