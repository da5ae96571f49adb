"""What `reporting` consumes, the pages it serves, the gauges it shows, the figures it tells."""

from typing import Final

from contracts.topics import DESIGNATIONS, HOUSEHOLDS, OFFERS, Service
from services.chassis.describing import Description, Subscription
from services.reporting.figures import READINGS
from services.reporting.handlers import CORE
from services.reporting.offer_pages import ROUTES as OFFER_ROUTES
from services.reporting.pages import ROUTES
from services.reporting.telling import tell_indicators

DESCRIPTION: Final = Description(
    Service.REPORTING,
    (Subscription("core", CORE, topics=(OFFERS, HOUSEHOLDS, DESIGNATIONS)),),
    (*ROUTES, *OFFER_ROUTES),
    readings=READINGS,
    rounds=(tell_indicators,),
)
