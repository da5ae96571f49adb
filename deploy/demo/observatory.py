"""Reporting's pages, as anyone may read them."""

from datetime import date, datetime, time
from typing import Any, Final

import httpx

from deploy.demo.ledger.indicators import FRANCE

FILES: Final = ("indicators.csv", "report.html")


class Observatory:
    """A client of reporting for one SIAO."""

    def __init__(self, url: str, siao: str) -> None:
        self._siao = siao
        self._client = httpx.AsyncClient(base_url=url, timeout=15)

    async def live(self) -> dict[str, Any]:
        """What is true now. Raises httpx.HTTPError when reporting does not answer."""
        found: dict[str, Any] = (await self._get("live.json", {})).json()
        return found

    async def indicators(self, since: date, until: date) -> list[dict[str, Any]]:
        """All lines of a period, `until` excluded."""
        found: list[dict[str, Any]] = (await self._get("indicators.json", _period(since, until))).json()["indicators"]
        return found

    async def files(self, since: date, until: date) -> dict[str, str]:
        """The month's report, by file name."""
        return {name: (await self._get(name, _period(since, until))).text for name in FILES}

    async def _get(self, page: str, query: dict[str, str]) -> httpx.Response:
        answer = await self._client.get(f"/{page}", params={"siao": self._siao, **query})
        return answer.raise_for_status()

    async def close(self) -> None:
        """Hang up."""
        await self._client.aclose()

    @staticmethod
    def day_of(instant: datetime) -> date:
        """The observatory's day of an instant: a day in France."""
        return instant.astimezone(FRANCE).date()

    @staticmethod
    def midnight(day: date) -> datetime:
        """When that day begins."""
        return datetime.combine(day, time(), FRANCE)


def _period(since: date, until: date) -> dict[str, str]:
    return {"since": since.isoformat(), "until": until.isoformat()}
