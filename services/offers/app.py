"""What `offers` consumes and publishes."""

from typing import Final

from contracts.topics import ANSWERS, DESIGNATIONS, OFFERS, VACANCIES, Service
from services.chassis.describing import Description, Subscription
from services.offers.handlers import CORE, PARTNERS

DESCRIPTION: Final = Description(
    Service.OFFERS,
    (
        Subscription("partners", PARTNERS, channels=(VACANCIES,)),
        Subscription("core", CORE, topics=(DESIGNATIONS, ANSWERS)),
    ),
    publishes=(OFFERS,),
)
