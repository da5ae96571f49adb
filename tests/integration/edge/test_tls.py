"""Over TLS, by a certificate of the SIAO's authority; whoever does not trust it does not send its token."""

import ssl
from pathlib import Path

import httpx
import pytest

from deploy.embedded.authority import Authority
from tests.integration.edge.house import House, another_edge

pytestmark = pytest.mark.once


def test_partners_come_in_over_tls_and_know_whom_they_speak_to(house: House, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.certify(["127.0.0.1"], name="edge")
    certificate = str(tmp_path / "edge.pem")
    trusting = ssl.create_default_context(cafile=authority.certificate_path)
    headers = {"authorization": f"Bearer {house.tokens['chrs-a']}"}
    with another_edge(house, SIAO_EDGE_CERT=certificate, SIAO_EDGE_KEY=certificate) as plain:
        url = plain.replace("http://", "https://")
        answer = httpx.get(f"{url}/v1/notices", headers=headers, verify=trusting, trust_env=False)
        assert answer.status_code == 200
        assert answer.headers["strict-transport-security"]
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{url}/v1/notices", headers=headers, trust_env=False)
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(f"{plain}/v1/notices", headers=headers, trust_env=False)
