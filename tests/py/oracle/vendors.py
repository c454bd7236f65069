"""The vendors' own clients: made as their manuals say, and stopped at the last step before the socket.

What a client would have sent is a ``Wire``: method, URL, headers and body after every layer of the client and of its
HTTP library has had its say.
"""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, NoReturn, Optional
from unittest.mock import patch

import requests
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkims.v2 import ImsClient
from requests.adapters import BaseAdapter
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.cvm.v20170312.cvm_client import CvmClient
from volcenginesdkcore import ApiClient, Configuration
from volcenginesdkecs import ECSApi


class Key(NamedTuple):
    """An access key, in the shape of nobody."""

    id: str
    secret: str
    token: Optional[str] = None


class Wire(NamedTuple):
    """A request as it would leave."""

    method: str
    url: str
    headers: Dict[str, str]
    body: bytes

    @property
    def authorization(self) -> str:
        return self.headers["Authorization"]

    @property
    def signed_headers(self) -> List[str]:
        return self.authorization.split("SignedHeaders=")[1].split(",")[0].split(";")


class Stopped(Exception):
    """The request was caught before the socket."""


# Making clients. An endpoint is a host with an optional port; a scheme of http is what the simulator needs.


def tencent(
    key: Key, region: str, endpoint: str, *, scheme: str = "http", method: str = "POST", service: str = "", unsigned: bool = False, **profile: Any
) -> Any:
    """Tencent's client of the CVM, or its common client for another service."""
    http = HttpProfile(protocol=scheme, endpoint=endpoint, reqMethod=method, reqTimeout=20)
    options = ClientProfile(httpProfile=http, **profile)
    options.unsignedPayload = unsigned
    credential = Credential(key.id, key.secret, key.token)
    if service:
        return CommonClient(service, "2017-03-12", credential, region, options)
    return CvmClient(credential, region, options)


def volcengine(key: Key, region: str, endpoint: str, *, scheme: str = "http") -> ECSApi:
    """Volcengine's client of ECS, with its defaults but for place and key."""
    configuration = Configuration()
    configuration.ak, configuration.sk, configuration.session_token = key.id, key.secret, key.token or ""
    configuration.region, configuration.host, configuration.scheme = region, endpoint, scheme
    return ECSApi(ApiClient(configuration))


def huawei(key: Key, project_id: Optional[str], endpoint: str, *, scheme: str = "http") -> ImsClient:
    """Huawei's client of IMS. A user agent is given because the default one writes a file below the home directory."""
    client = ImsClient.new_builder().with_http_config(HttpConfig(user_agent="oracle")).with_endpoint(f"{scheme}://{endpoint}")
    return client.with_credentials(huawei_credentials(key, project_id)).build()


def huawei_in(key: Key, region: str, endpoint: str) -> ImsClient:
    """Huawei's client for a region: it asks IAM for the project by itself. It remembers the answer for its process."""
    url = f"http://{endpoint}"
    credentials = huawei_credentials(key, None).with_iam_endpoint(url)
    return ImsClient.new_builder().with_http_config(HttpConfig(user_agent="oracle")).with_region(Region(region, url)).with_credentials(credentials).build()


def huawei_credentials(key: Key, project_id: Optional[str]) -> BasicCredentials:
    credentials = BasicCredentials(key.id, key.secret, project_id)
    return credentials.with_security_token(key.token) if key.token else credentials


# Stopping them before the socket.


def caught_tencent(client: Any, call: Any) -> Wire:
    """What Tencent's client would send for ``call(client)``."""
    net = Net()
    client.request.conn._session.mount("http://", net)
    client.request.conn._session.mount("https://", net)
    try:
        call(client)
    except TencentCloudSDKException as error:  # its HTTP layer turns every exception into this one
        assert error.code == "ClientNetworkError" and net.wire, error
    assert net.wire
    return net.wire


def caught_volcengine(client: ECSApi, call: Any) -> Wire:
    """What Volcengine's client would send for ``call(client)``."""
    caught: List[Wire] = []

    def urlopen(method: str, url: str, body: Any = None, headers: Any = None, **_: Any) -> NoReturn:
        caught.append(Wire(method, url, dict(headers), body.encode() if isinstance(body, str) else body or b""))
        raise Stopped

    with patch.object(client.api_client.rest_client.pool_manager, "urlopen", urlopen):
        try:
            call(client)
        except Stopped:
            pass
    return caught[0]


def caught_huawei(client: ImsClient, call: Any) -> Wire:
    """What Huawei's client would send for ``call(client)``."""
    net = Net()
    client.get_http_client()._session.mount("http://", net)
    client.get_http_client()._session.mount("https://", net)
    try:
        call(client)
    except Stopped:
        pass
    assert net.wire
    return net.wire


class Net(BaseAdapter):
    """The last step of `requests`."""

    wire: Optional[Wire] = None

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> NoReturn:
        # `requests` carries header values as Latin-1; what was meant is UTF-8.
        headers = {name: (value.encode("latin-1").decode() if isinstance(value, str) else value.decode()) for name, value in request.headers.items()}
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        self.wire = Wire(str(request.method), str(request.url), headers, body)
        raise Stopped

    def close(self) -> None:
        pass
