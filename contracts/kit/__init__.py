"""The partner kit: what a partner's software in Python needs to speak with the SIAO; without its extra it says so."""

try:
    from contracts.kit.client import AsyncPartner
    from contracts.kit.failure import KitError, NoAnswer, NotAllowed, NotConnected, Rejected, SettingsError
    from contracts.kit.plain import Partner
    from contracts.kit.ready import ReadyChanges
    from contracts.kit.records import Notice, Outgoing
    from contracts.kit.settings import Settings
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        f"Il manque {missing.name} / {missing.name} is missing: pip install 'siao-contracts[kit]'", name=missing.name
    ) from None

__all__ = [
    "AsyncPartner",
    "KitError",
    "NoAnswer",
    "NotAllowed",
    "NotConnected",
    "Notice",
    "Outgoing",
    "Partner",
    "ReadyChanges",
    "Rejected",
    "Settings",
    "SettingsError",
]
