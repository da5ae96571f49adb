"""Who takes part: the ceiling, the usual way, and the chassis."""

from typing import Final

from tests.load import contender
from tests.load.baselines import ceiling, usual
from tests.load.hop import Contender
from tests.load.relay import Relay

CEILING: Final = Contender("ceiling", ceiling.__name__, ceiling.ROLES, ceiling.prepare)
USUAL: Final = Contender("usual", usual.__name__, usual.ROLES, usual.prepare)
CHASSIS: Final = Contender("chassis", contender.__name__, ("serve",), contender.prepare)
CHASSIS_REFUSED: Final = Contender("refused", contender.__name__, ("serve-refused",), contender.prepare)

CEILING_RELAY: Final = Relay(Contender("ceiling-relay", ceiling.__name__, ("relay",), ceiling.prepare), ceiling.fill)
CHASSIS_RELAY: Final = Relay(
    Contender("chassis-relay", contender.__name__, ("relay",), contender.prepare), contender.fill
)
