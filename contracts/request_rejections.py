"""Why an actualisation is rejected."""

from typing import Final

from contracts.rejection import Rejection

OF_REFRESHES: Final = (
    Rejection(
        "day-to-come",
        "Ce jour n'est pas encore venu : dites-le une fois fait.",
        "This day has not come yet: say it once it is done.",
    ),
    Rejection(
        "refresh-too-old",
        "Le ménage a été contacté il y a trop longtemps pour que sa demande soit actualisée. Recontactez-le.",
        "The household was asked too long ago for its request to be refreshed. Ask it again.",
    ),
)
