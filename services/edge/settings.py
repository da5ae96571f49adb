"""Where the edge listens and how much it lets one partner ask; refuses to be reached from elsewhere without TLS."""

import ssl
from pathlib import Path

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from services.chassis.settings import ProcessSettings, is_loopback


class EdgeSettings(ProcessSettings):
    """Settings of the edge: those of any process, the partners' own address, and limits, each with its reason."""

    edge_host: str = Field(default="127.0.0.1", description="address that partners reach; its own port, without pages")
    edge_port: int = Field(ge=1, le=65_535, description="port that partners reach")
    edge_cert: Path | None = Field(
        default=None, description="PEM file of the certificate, with those that vouch for it"
    )
    edge_key: Path | None = Field(default=None, description="PEM file of the certificate's key")
    edge_behind_proxy: bool = Field(
        default=False, description="a proxy on the same host or closed network ends TLS, and nothing else reaches us"
    )
    # The busiest software seen in the design sends its night's changes in one go, some hundreds of messages.
    edge_rate: float = Field(
        default=20.0, gt=0, description="requests a second that a partner may make, in the long run"
    )
    edge_burst: int = Field(default=300, ge=1, description="requests that it may make at once")
    # Several programs with a token that was just taken back, before somebody changes it; then one try a second.
    edge_wrong_rate: float = Field(
        default=1.0, gt=0, description="wrong tokens a second from one address that are looked at, in the long run"
    )
    edge_wrong_burst: int = Field(default=100, ge=1, description="wrong tokens from one address at once")
    # Two programs, each with a stream and a few sends that wait for their answer.
    edge_waits: int = Field(default=10, ge=1, description="requests of one partner that may wait at the same time")
    # A file descriptor and some 40 kB each.
    edge_connections: int = Field(default=1_000, ge=10, description="connections at the same time; one more gets 503")
    edge_body_seconds: float = Field(default=10.0, gt=0, description="how long a caller may take to send its body")
    edge_header_seconds: float = Field(
        default=10.0, gt=0, description="how long it may take to send its request's head"
    )
    # Longer than a proxy keeps a silent connection in none of the usual ones: 60 s in most.
    edge_heartbeat_seconds: float = Field(default=15.0, gt=0, description="a stream is never silent for longer")
    edge_stream_seconds: float = Field(default=3_600.0, gt=0, description="a stream ends, to be taken up again")

    @field_validator("edge_key")
    @classmethod
    def _a_pair(cls, key: Path | None, info: ValidationInfo) -> Path | None:
        certificate = info.data.get("edge_cert")
        if (key is None) != (certificate is None):
            raise PydanticCustomError("certificate-incomplete", "SIAO_EDGE_CERT, SIAO_EDGE_KEY : ensemble / together")
        if key is not None and certificate is not None:
            try:
                ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
            except OSError as error:
                raise PydanticCustomError(
                    "certificate-unreadable",
                    "SIAO_EDGE_CERT, SIAO_EDGE_KEY : certificat ou clé illisible, ou qui ne vont pas ensemble ({why}) "
                    "/ the certificate or its key cannot be read, or they do not belong together",
                    {"why": error.strerror or type(error).__name__},
                ) from error
        return key

    @model_validator(mode="after")
    def _reached_over_tls(self) -> "EdgeSettings":
        if self.edge_cert is None and not self.edge_behind_proxy and not is_loopback(self.edge_host):
            raise PydanticCustomError(
                "plaintext-outside-loopback",
                "SIAO_EDGE_HOST : hors de cette machine, il faut SIAO_EDGE_CERT et SIAO_EDGE_KEY, ou, derrière un "
                "mandataire qui chiffre, SIAO_EDGE_BEHIND_PROXY=true / beyond this machine give a certificate and its "
                "key, or say that a proxy encrypts",
            )
        return self
