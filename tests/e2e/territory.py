"""One SIAO with a partner of each role, two bailleurs of different communes, and what its observatory says."""

import asyncio
import http.client
import json
import time
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from contracts.partners import PartnerRegistered
from contracts.topics import Role, Service
from deploy.embedded.platform import Platform
from services.chassis.clock import Clock, day_of, real_time
from tests.builders import CANARY, COURBEVOIE, NANTERRE
from tests.e2e.partner import PATIENCE_SECONDS, Partner

# One for each story: what happens in one is of no concern to another.
SIAOS: Final = ("92", "93", "94", "95", "77", "78", "91", "60", "27", "76", "80", "28", "45", "14", "33", "69", "31")
SIAO_WITHOUT_STORY: Final = "75"
# Where a day takes less than a second: a story waits for days of the law.
FAST_SIAOS: Final = ("67", "13", "59", "54")
FAST_PATIENCE_SECONDS: Final = 60.0
EVER: Final = {"since": "2000-01-01", "until": "2100-01-01"}


def partners_of(siao: str) -> tuple[PartnerRegistered, ...]:
    """Partners of all roles; the bailleurs have their dwellings in different communes."""

    def partner(name: str, role: Role, **facts: Any) -> PartnerRegistered:
        return PartnerRegistered(id=f"{name}-{siao}", role=role, siao=siao, name=name, **facts)

    return (
        partner("chrs-les-acacias", Role.STRUCTURE),
        partner("chrs-les-tilleuls", Role.STRUCTURE),
        partner("ccas-de-nanterre", Role.PRESCRIBER),
        partner("bailleur-de-nanterre", Role.BAILLEUR, communes=(NANTERRE,)),
        partner("bailleur-de-courbevoie", Role.BAILLEUR, communes=(COURBEVOIE,)),
        partner("action-logement", Role.RESERVATAIRE),
        partner("prefecture", Role.PREFECTURE),
        partner("departement", Role.COLLECTIVITE),
        partner("operateur", Role.OPERATOR),
        partner("federation", Role.MEMBER),
    )


class Territory:
    """A SIAO's partners, and its reporting's pages."""

    def __init__(
        self, platform: Platform, siao: str, clock: Clock = real_time, patience: float = PATIENCE_SECONDS
    ) -> None:
        self.siao, self._clock = siao, clock
        self._reporting = platform.services[Service.REPORTING]
        self.partners = {partner.id: Partner(platform, partner, patience) for partner in partners_of(siao)}
        self.structure, self.other_structure = self._named("chrs-les-acacias"), self._named("chrs-les-tilleuls")
        self.ccas, self.operator = self._named("ccas-de-nanterre"), self._named("operateur")
        self.bailleur, self.bailleur_elsewhere = (
            self._named("bailleur-de-nanterre"),
            self._named("bailleur-de-courbevoie"),
        )
        self.reservataire, self.prefecture = self._named("action-logement"), self._named("prefecture")
        self.member = self._named("federation")

    def _named(self, name: str) -> Partner:
        return self.partners[f"{name}-{self.siao}"]

    @property
    def today(self) -> date:
        """The day that it is, by the SIAO's clock."""
        return day_of(self._clock())

    async def connect(self) -> None:
        """Everyone logs in."""
        await asyncio.gather(*(partner.connect() for partner in self.partners.values()))

    async def leave(self) -> None:
        """Everyone logs out."""
        await asyncio.gather(*(partner.leave() for partner in self.partners.values()))

    async def everyone_has_read(self) -> None:
        """Every partner has read all that was there; each message of theirs was answered once, and nothing else."""
        for partner in self.partners.values():
            await partner.catch_up()
            assert partner.answers_for_each() <= {1}, partner.id

    async def only_these_saw_a_name(self, *entitled: Partner) -> None:
        """Nothing about a person reached any other partner."""
        await self.everyone_has_read()
        told = {partner.id for partner in self.partners.values() if CANARY.encode() in b"".join(partner.received)}
        assert told == {partner.id for partner in entitled}

    async def counts(self, **expected: tuple[int, int]) -> None:
        """In the end the indicators are these, in (ménages, personnes), and all others are zero."""

        def nonzero(page: Any) -> dict[str, tuple[int, int]]:
            totals = [line for line in page["indicators"] if line["offer_type"] == "all"]
            figures = {line["indicator"]: (line["households"], line["persons"]) for line in totals}
            return {name: figure for name, figure in figures.items() if figure != (0, 0)}

        await self._shows("/indicators.json", EVER, nonzero, expected)

    async def live(self, **expected: Any) -> None:
        """In the end the live view is this; stocks in (ménages, personnes); what is not named is zero."""

        def plain(page: Any) -> dict[str, Any]:
            stocks = {name: tuple(value.values()) for name, value in page.items() if isinstance(value, dict)}
            return {name: value for name, value in {**page, **stocks}.items() if value not in (0, (0, 0))}

        await self._shows("/live.json", {}, plain, expected)

    async def offers(self, **expected: Any) -> None:
        """In the end the offer of all types is this; what is not named is zero or has no value."""

        def nonzero(page: Any) -> dict[str, Any]:
            (total,) = [line for line in page["offer"] if line["offer_type"] == "all"]
            named = {"declared", *expected}
            return {name: total[name] for name in total if name in named or total[name] not in (0, None, "all")}

        await self._shows("/offer.json", EVER, nonzero, expected)

    async def _shows(self, path: str, query: dict[str, str], look: Any, expected: dict[str, Any]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (shown := look(await asyncio.to_thread(self._get, path, query))) != expected:
            if time.monotonic() > deadline:
                assert shown == expected
            await asyncio.sleep(0.05)

    def _get(self, path: str, query: dict[str, str]) -> Any:
        address = urlsplit(self._reporting.url)
        connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=10)
        try:
            connection.request("GET", f"{path}?{urlencode({'siao': self.siao, **query})}")
            answer = connection.getresponse()
            assert answer.status == http.HTTPStatus.OK
            return json.loads(answer.read())
        finally:
            connection.close()
