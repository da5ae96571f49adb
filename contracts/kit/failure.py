"""What stops the kit, said to a person: French first, English beside, and what to do."""

from contracts.notices import MessageRejected
from contracts.topics import PARTNER_MESSAGE_BYTES


class KitError(Exception):
    """Something that the reader can put right. `fr` and `en`: what happened, where, what to do."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(f"{fr} / {en}")
        self.fr, self.en = fr, en


class SettingsError(KitError):
    """The settings are missing or wrong."""


class NotConnected(KitError):
    """The SIAO's Kafka could not be reached, or did not let us in."""


class NotAllowed(KitError):
    """The SIAO's Kafka does not give us this topic."""


class NoAnswer(KitError):
    """The message is on its topic and was not answered in time. `message_id`: send it again with the same id."""

    def __init__(self, message_id: str, seconds: float) -> None:
        super().__init__(
            f"Pas de réponse en {seconds:.0f} s au message {message_id}. Renvoyez-le avec le même identifiant.",
            f"No answer in {seconds:.0f} s to message {message_id}. Send it again with the same id.",
        )
        self.message_id = message_id


class Rejected(KitError):
    """The SIAO did not take the message: nothing was done. `answer` says why, where and what to do."""

    def __init__(self, answer: MessageRejected) -> None:
        super().__init__(
            f"{answer.code} ({answer.path}) : {answer.text_fr}", f"{answer.code} ({answer.path}): {answer.text_en}"
        )
        self.answer = answer


def too_large(size: int) -> KitError:
    """Kafka itself does not take more: there is no answer to wait for."""
    return KitError(
        f"Le message fait {size} octets ; le SIAO en prend {PARTNER_MESSAGE_BYTES} au plus. Rien n'a été envoyé.",
        f"The message has {size} bytes; the SIAO takes {PARTNER_MESSAGE_BYTES} at most. Nothing was sent.",
    )
