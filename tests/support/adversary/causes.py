"""All causes, by name, in the order of the table."""

import adversary.identity
import adversary.landings
import adversary.noise
import adversary.patrols
import adversary.shapes
import adversary.silences
import adversary.transits  # noqa: F401
from adversary.score import CAUSES

__all__ = ["CAUSES"]
