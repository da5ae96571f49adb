"""What `orientation` does with each message. `designating.py` is where a vacancy becomes a designation."""

from services.orientation.handlers import answers, deadlines, offers, reception, requests, stays
from services.orientation.handlers.folds import CORE, PARTNERS

__all__ = ["CORE", "PARTNERS", "answers", "deadlines", "offers", "reception", "requests", "stays"]
