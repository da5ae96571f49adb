"""What a service says of itself: which topics it consumes, with which handlers, its own pages and gauges."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.topics import Channel, Service, Topic
from services.chassis.clock import Clock
from services.chassis.fold import Folds
from services.chassis.looking import Look
from services.chassis.readings import Reading
from services.chassis.rounds import Round
from services.chassis.states import Register, Territory
from services.chassis.tables import StateTable

Route: TypeAlias = Callable[[AsyncEngine, Clock], tuple[str, Any]]
View: TypeAlias = Callable[[Look], tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a service consumes in one group: core topics, kept together, or partners' channels, spread.

    territory: how to make the state of a whole SIAO, and its tables, where states are not loaded by key.
    """

    name: str
    folds: Folds
    topics: Sequence[Topic] = ()
    channels: Sequence[Channel] = ()
    territory: tuple[Callable[[Register], Territory], Sequence[StateTable[Any]]] | None = None

    @property
    def pattern(self) -> str | None:
        """The regular expression of the channels' topics."""
        if not self.channels:
            return None
        return rf"^partners\.[a-z0-9-]+\.({'|'.join(channel.name for channel in self.channels)})$"


@dataclass(frozen=True, slots=True)
class Description:
    """A service, as its `app.py` describes it.

    publishes: core topics that it writes; sealed: tables of which each has an encrypted state;
    routes: pages of its own; views: pages that look at territories; readings: gauges read from its database;
    rounds: what it does now and then, without a message.
    """

    service: Service
    subscriptions: Sequence[Subscription]
    routes: Sequence[Route] = ()
    views: Sequence[View] = ()
    readings: Sequence[Reading] = ()
    publishes: Sequence[Topic] = ()
    sealed: Sequence[StateTable[Any]] = ()
    rounds: Sequence[Round] = ()
