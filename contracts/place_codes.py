"""Code lists of places: English ids, French labels, SI SIAO codes where known, as in `codes.py`."""

from contracts.codes import Labelled


class PlaceCategory(Labelled):
    """What a place is (SI SIAO `categoriePlaces`, 2022). The codes of rooms of 2 to 5 are read from their range."""

    SINGLE_ROOM = "single_room", "Chambre individuelle", 1
    SHARED_ROOM = "shared_room", "Chambre collective", 10
    DORMITORY = "dormitory", "Dortoir de cinq places et plus", 20
    ROOM_OF_2 = "room_of_2", "Chambre de deux", 40
    ROOM_OF_3 = "room_of_3", "Chambre de trois", 50
    ROOM_OF_4 = "room_of_4", "Chambre de quatre", 60
    ROOM_OF_5 = "room_of_5_or_more", "Chambre de cinq et plus", 70
    MODULAR = "modular", "Chambre modulable", 80
    HOTEL_ROOM = "hotel_room", "Chambre d'hôtel", 180
    STUDIO = "studio", "Studio", 190
    T1 = "t1", "T1", 90
    T1_BIS = "t1_bis", "T1 bis", 200
    T2 = "t2", "T2", 100
    T3 = "t3", "T3", 110
    T4 = "t4", "T4", 120
    T5 = "t5", "T5", 130
    T6 = "t6", "T6", 140
    T7 = "t7", "T7", 150
    T8 = "t8", "T8", 160
    T9 = "t9", "T9", 170

    @property
    def kind(self) -> str:
        """`dwelling` (a whole dwelling), `bed` (a bed in a room with others) or `room`."""
        if self is PlaceCategory.STUDIO or self.name.startswith("T"):
            return "dwelling"
        return "bed" if self in (PlaceCategory.SHARED_ROOM, PlaceCategory.DORMITORY) else "room"


class Spread(Labelled):
    """Where the places of a structure are (SI SIAO: diffus, regroupé)."""

    SCATTERED = "scattered", "Diffus"
    GROUPED = "grouped", "Regroupé"


class Sharing(Labelled):
    """Whether the household lives by itself there (SI SIAO: individuel, collectif)."""

    INDIVIDUAL = "individual", "Individuel"
    COLLECTIVE = "collective", "Collectif"


class PlacePublic(Labelled):
    """Whom a place is kept for, whatever the projet d'établissement says (a corridor of women, a shared bathroom)."""

    ANYONE = "anyone", "Tout public"
    WOMEN = "women", "Femmes : tous les adultes du ménage sont des femmes"
    MEN = "men", "Hommes : tous les adultes du ménage sont des hommes"


class UnavailabilityReason(Labelled):
    """Why a place exists but cannot be filled (the asylum sister tool's list; the last three are assumptions)."""

    PEST_CONTROL = "pest_control", "Désinsectisation"
    REFURBISHMENT = "refurbishment", "Remise en état"
    WORKS = "works", "Travaux"
    UNDER_OCCUPATION = "under_occupation", "Sous-occupation"
    UNUSABLE = "unusable", "Place indisponible"
    UNDUE_PRESENCE = "undue_presence", "Présence indue"
    TEMPORARY_CLOSURE = "temporary_closure", "Fermeture temporaire"
    RESERVED = "reserved_quota", "Réservation d'un contingent"
    LEASE_SLID = "lease_slid", "Bail glissé : le ménage y est devenu locataire"


class Withdrawal(Labelled):
    """Why a designation ended because of its place (outcome `withdrawn`)."""

    WITHDRAWN = "withdrawn", "Vacance retirée par la structure"
    UNAVAILABLE = "unavailable", "Place indisponible"
    FILLED = "filled", "Place occupée par un autre ménage"
    NO_LONGER_FITS = "no_longer_fits", "Place décrite autrement : elle ne convient plus au ménage"
