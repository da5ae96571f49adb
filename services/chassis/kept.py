"""The shape of a state: what a table amounts to under one key; knows neither database nor broker."""

from pydantic import ConfigDict

from contracts.event import Message


class Kept(Message):
    """What a table amounts to under one key. Fields unknown to an older code are ignored, so that a state can grow.

    `live` False: kept, but of no concern to new decisions; it leaves a territory's memory.
    """

    model_config = ConfigDict(extra="ignore")
