"""What `intake` consumes, publishes and keeps sealed."""

from typing import Final

from contracts.topics import ANSWERS, DESIGNATIONS, HOUSEHOLDS, REQUESTS, Service
from services.chassis.describing import Description, Subscription
from services.intake import store
from services.intake.handlers import CORE, PARTNERS

DESCRIPTION: Final = Description(
    Service.INTAKE,
    (
        Subscription("partners", PARTNERS, channels=(REQUESTS,)),
        Subscription("core", CORE, topics=(DESIGNATIONS, ANSWERS)),
    ),
    publishes=(HOUSEHOLDS,),
    sealed=(store.HOUSEHOLDS,),
)
