"""A structure and its places: what may be declared vacant, by whom, when; refuses two vacancies of one place."""

from contracts.codes import OfferType
from contracts.event import Refusal, derived_id
from contracts.rules import AgeRule, Rule
from contracts.vacancies import StructureDescribed
from services.chassis.kept import Kept


class PlaceState(Kept):
    """A place: occupied (`household`), vacant (`vacancy`), or neither: out of the SIAO's sight."""

    capacity: int
    accessible: bool
    vacancy: str | None = None
    household: str | None = None


class Structure(Kept):
    """A structure as its partner described it, with the state of its places."""

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

    @property
    def key(self) -> str:
        """<partner>/<structure_id>."""
        return structure_key(self.partner, self.structure_id)

    def with_place(self, place_id: str, place: PlaceState) -> "Structure":
        """The same structure with one place changed."""
        return self.model_copy(update={"places": {**self.places, place_id: place}})


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
    before = known.places if known else {}
    places = {
        place.place_id: before.get(place.place_id, PlaceState(capacity=0, accessible=False)).model_copy(
            update={"capacity": place.capacity, "accessible": place.accessible}
        )
        for place in event.places
    }
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
    )


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
