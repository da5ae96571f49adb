"""What `orientation` consumes: partners' answers, received; and its territories' facts, decided in order."""

from typing import Final

from contracts.topics import ANSWERS, DECISIONS, DESIGNATIONS, HOUSEHOLDS, OFFERS, PARTNER_ANSWERS, Service
from services.chassis.describing import Description, Subscription
from services.orientation.handlers import CORE, PARTNERS
from services.orientation.pages import VIEWS
from services.orientation.store import ARGUMENTS, TERRITORY_TABLES
from services.orientation.territory import Territory

DESCRIPTION: Final = Description(
    Service.ORIENTATION,
    (
        Subscription("partners", PARTNERS, channels=(PARTNER_ANSWERS, DECISIONS)),
        Subscription("core", CORE, topics=(OFFERS, HOUSEHOLDS, ANSWERS), territory=(Territory, TERRITORY_TABLES)),
    ),
    publishes=(ANSWERS, DESIGNATIONS),
    sealed=(ARGUMENTS,),
    views=VIEWS,
)
