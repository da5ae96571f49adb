"""What `orientation` consumes: partners' answers, received; and its territories' facts, decided in order."""

from typing import Final

from contracts.topics import ANSWERS, DECISIONS, HOUSEHOLDS, OFFERS, PARTNER_ANSWERS, Service
from services.chassis.describing import Description, Subscription
from services.orientation.handlers import CORE, PARTNERS
from services.orientation.pages import VIEWS
from services.orientation.store import TERRITORY_TABLES
from services.orientation.territory import Territory

DESCRIPTION: Final = Description(
    Service.ORIENTATION,
    (
        Subscription("partners", PARTNERS, channels=(PARTNER_ANSWERS, DECISIONS)),
        Subscription("core", CORE, topics=(OFFERS, HOUSEHOLDS, ANSWERS), territory=(Territory, TERRITORY_TABLES)),
    ),
    views=VIEWS,
)
