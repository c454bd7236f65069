"""The clock of the vendors' clients, standing still."""

from __future__ import annotations

from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Iterator
from unittest.mock import patch

import pytest


class Clock:
    """The one clock of all three clients, standing still until it is set."""

    def __init__(self) -> None:
        self.seconds = 0

    @property
    def ms(self) -> int:
        return self.seconds * 1000


@pytest.fixture
def clock() -> Iterator[Clock]:
    """Freezes the clients' clock."""
    clock = Clock()

    class Still(datetime):
        @classmethod
        def utcnow(cls) -> datetime:
            return datetime.fromtimestamp(clock.seconds, timezone.utc).replace(tzinfo=None)

    with patch("tencentcloud.common.abstract_client.time", SimpleNamespace(time=lambda: clock.seconds)):
        with patch("volcenginesdkcore.signv4.datetime", SimpleNamespace(datetime=Still)):
            with patch("huaweicloudsdkcore.signer.signer.datetime", Still):
                yield clock
