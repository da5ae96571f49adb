"""The software of a prescriber: submits requests, completes those that lack something, cancels those without object."""

from dataclasses import dataclass, field
from datetime import date

from contracts.event import Message
from contracts.notices import RequestUpdated
from contracts.requests import RequestCancelled
from contracts.topics import REQUESTS
from deploy.demo import draws
from deploy.demo.calibration import Profile
from deploy.demo.department import Dossier
from deploy.demo.dossiers import submission
from deploy.demo.plans import cancels_when_designated
from deploy.demo.software import DEPENDS, Software

# Median days to complete a file, and share of incomplete files that are never completed (A).
COMPLETION_MEDIAN_DAYS = 3.0
COMPLETION_SIGMA = 0.6
NEVER_COMPLETED_SHARE = 0.12


@dataclass(slots=True)
class File:
    """A request as its prescriber follows it."""

    dossier: Dossier
    revision: int = 1
    closed: bool = False
    rounds: int = 0


@dataclass
class PrescriberSoftware(Software):
    """Follows its own requests, by their id."""

    start: date = field(kw_only=True)
    profile: Profile = field(kw_only=True)
    files: dict[str, File] = field(default_factory=dict)

    async def submit(self, dossier: Dossier) -> None:
        """Send a request for the first time."""
        file = self.files[dossier.request_id] = File(dossier)
        await self._send(file)

    async def _send(self, file: File) -> None:
        today = self.world.clock.now().date()
        await self.say(REQUESTS, submission(file.dossier, file.revision, today, self.start))

    async def cancel(self, request_id: str) -> None:
        """The household does not ask any more, unless the prescriber knows that it was admitted or has cancelled."""
        file = self.files[request_id]
        if not file.closed:
            file.closed = True
            await self.say(REQUESTS, RequestCancelled(request_id=request_id), expected=DEPENDS)

    async def on(self, message: Message) -> None:
        """Where its requests stand."""
        if not isinstance(message, RequestUpdated) or message.request_id not in self.files:
            return
        file = self.files[message.request_id]
        if message.status == "admitted":
            file.closed = True
        elif message.status == "designated":
            file.rounds += 1
            rng = draws.stream(self.world.seed, "designated", self.partner.id, message.request_id, file.rounds)
            days = cancels_when_designated(rng, self.profile)
            if days is not None:
                self.world.later(days, lambda: self.cancel(message.request_id))
        elif message.status == "incomplete":
            rng = draws.stream(self.world.seed, "incomplete", self.partner.id, message.request_id)
            if rng.random() > NEVER_COMPLETED_SHARE:
                days = draws.around(rng, COMPLETION_MEDIAN_DAYS, COMPLETION_SIGMA)
                self.world.later(days, lambda: self._complete(file))

    async def _complete(self, file: File) -> None:
        if not file.closed:
            file.revision += 1
            await self._send(file)
