"""What `reporting` consumes, the pages it serves, and the gauges it shows."""

from typing import Final

from contracts.topics import DESIGNATIONS, HOUSEHOLDS, OFFERS, Service
from services.chassis.describing import Description, Subscription
from services.reporting.figures import READINGS
from services.reporting.handlers import CORE
from services.reporting.offer_pages import ROUTES as OFFER_ROUTES
from services.reporting.pages import ROUTES

DESCRIPTION: Final = Description(
    Service.REPORTING,
    (Subscription("core", CORE, topics=(OFFERS, HOUSEHOLDS, DESIGNATIONS)),),
    (*ROUTES, *OFFER_ROUTES),
    readings=READINGS,
)
