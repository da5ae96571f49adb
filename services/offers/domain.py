"""A structure and its places: what may be declared vacant, by whom, when; refuses two vacancies of one place."""

from pydantic import Field

from contracts.codes import OfferType
from contracts.event import Refusal, derived_id
from contracts.rules import AgeRule, Rule
from contracts.vacancies import Place, StructureDescribed
from services.chassis.kept import Kept


class PlaceState(Kept):
    """A place: occupied (`household`), vacant (`vacancy`), or neither: out of the SIAO's sight."""

    capacity: int
    accessible: bool
    vacancy: str | None = None
    household: str | None = None


class Structure(Kept):
    """A structure as its partner described it, with the state of its places.

    left_out: who lives in places that the description names no more, by place_id; they are there when it does again.
    """

    siao: str
    partner: str
    structure_id: str
    revision: int
    name: str
    offer_type: OfferType
    commune: str
    rules_version: int
    rules: tuple[Rule, ...]
    places: dict[str, PlaceState]
    left_out: dict[str, str] = Field(default_factory=dict)

    @property
    def key(self) -> str:
        """<partner>/<structure_id>."""
        return structure_key(self.partner, self.structure_id)

    def with_place(self, place_id: str, place: PlaceState) -> "Structure":
        """The same structure with one place changed."""
        return self.model_copy(update={"places": {**self.places, place_id: place}})

    def with_left_out(self, place_id: str, household: str | None) -> "Structure":
        """The same structure with another household, or none, in a place that it does not describe."""
        lives = {**self.left_out, place_id: household}
        return self.model_copy(update={"left_out": {place: who for place, who in lives.items() if who is not None}})


def structure_key(partner: str, structure_id: str) -> str:
    """The key of a structure: a partner can only name its own."""
    return f"{partner}/{structure_id}"


def place_key(structure: str, place_id: str) -> str:
    """The key of a place."""
    return f"{structure}/{place_id}"


def split_place(place: str) -> tuple[str, str]:
    """(structure key, place_id) of a place's key."""
    structure, _, place_id = place.rpartition("/")
    return structure, place_id


def described(known: Structure | None, event: StructureDescribed, partner: str, siao: str) -> Structure:
    """The structure after a description. Raises Refusal: revision-stale, place-repeated, rule-unsatisfiable."""
    if known is not None and event.revision <= known.revision:
        raise Refusal("revision-stale", "$.revision", f"known={known.revision}")
    names = [place.place_id for place in event.places]
    for index, name in enumerate(names):
        if name in names[:index]:
            raise Refusal("place-repeated", f"$.places[{index}].place_id")
    for index, rule in enumerate(event.projet.rules):
        if isinstance(rule, AgeRule) and (rule.minimum or 0) > (rule.maximum if rule.maximum is not None else 200):
            raise Refusal("rule-unsatisfiable", f"$.projet.rules[{index}]")
    places, left_out = _places(known, event.places)
    return Structure(
        siao=siao,
        partner=partner,
        structure_id=event.structure_id,
        revision=event.revision,
        name=event.name,
        offer_type=event.offer_type,
        commune=event.commune,
        rules_version=event.projet.version,
        rules=event.projet.rules,
        places=places,
        left_out=left_out,
    )


def _places(known: Structure | None, described: tuple[Place, ...]) -> tuple[dict[str, PlaceState], dict[str, str]]:
    """The state of the places described, and who lives in places that are not: a description moves nobody out."""
    before = known.places if known else {}
    living = known.left_out if known else {}
    living = {**living, **{name: place.household for name, place in before.items() if place.household is not None}}
    places = {
        place.place_id: PlaceState(
            capacity=place.capacity,
            accessible=place.accessible,
            vacancy=before[place.place_id].vacancy if place.place_id in before else None,
            household=living.get(place.place_id),
        )
        for place in described
    }
    return places, {name: household for name, household in living.items() if name not in places}


def find_place(structure: Structure | None, place_id: str) -> tuple[Structure, PlaceState]:
    """A place of a structure. Raises Refusal: structure-unknown, place-unknown."""
    if structure is None:
        raise Refusal("structure-unknown", "$.structure_id")
    if place_id not in structure.places:
        raise Refusal("place-unknown", "$.place_id")
    return structure, structure.places[place_id]


def vacancy_id(place: str, cause: str) -> str:
    """The id of the vacancy that a message opens: one per time that the place is vacant."""
    return derived_id("vacancy", place, cause)
