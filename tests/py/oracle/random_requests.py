"""Random requests from a seed: everything that ever broke a signer, in every place where it may stand."""

from __future__ import annotations

import random
import string
from typing import Any, Dict, List, Optional

from vendors import Key

#: Pieces of text: plain words, what URLs and JSON treat specially, look-alikes of escapes, and letters of many bytes.
PIECES = [
    *("a", "Z", "9", "web", "img-o3ycss2p", "-", "_", ".", "~"),
    *(" ", "  ", "+", "*", "'", "(", ")", "!", "/", "%", "&", "=", "?", "#", ";", ":", ",", "@", "$", "<", ">", "|", "{", "}", "\\", '"', "^", "`"),
    *("%20", "%2F", "%7E", "%zz", "&a=b", "中文", "镜像", "é", "ß", "Ω", "\U0001f600", "\u00a0", "\u3000", "\u007f"),
]

#: The first second of 2015 and the last of 2999, in UTC: what lies before or behind is refused as a mistake.
EARLIEST, LATEST = 1_420_070_400, 32_503_679_999
#: Seconds since 1970 around which dates, days and years turn, and the ends of what the vendors' clients can write.
MOMENTS = [0, 951_782_399, 951_782_400, 1_582_934_400, 1_609_459_199, 1_709_164_800, 1_709_251_199, 2_147_483_647, 4_102_444_800, 32_503_679_999]

HOSTS = {
    "tencent": ["cvm.tencentcloudapi.com", "cvm.intl.tencentcloudapi.com", "cvm.ap-shanghai-fsi.tencentcloudapi.com", "127.0.0.1:8080"],
    "volcengine": ["open.volcengineapi.com", "ecs.ap-southeast-3.volcengineapi.com", "127.0.0.1:80", "gateway.example:443", "127.0.0.1:8080"],
    "huawei": ["ims.cn-north-4.myhuaweicloud.com", "ims.eu-west-101.myhuaweicloud.eu", "127.0.0.1:8080", "gateway.example:8443"],
}
REGIONS = ["ap-guangzhou", "ap-shanghai-fsi", "na-siliconvalley", "cn-beijing", "cn-north-4", "eu-west-101", "region-1", "x"]


class Dice(random.Random):
    """Random parts of requests."""

    def text(self, most: int = 6) -> str:
        return "".join(self.choices(PIECES, k=self.randint(0, most)))

    def word(self) -> str:
        return "".join(self.choices(string.ascii_letters + string.digits, k=self.randint(1, 12)))

    def key(self) -> Key:
        return Key(f"AKEXAMPLE{self.word()}", f"EXAMPLE-{self.graphic(24)}", self.graphic(40) if self.random() < 0.4 else None)

    def graphic(self, most: int) -> str:
        """What may stand in a secret or a token: visible ASCII, but no quotes around it, which are refused as a mistake."""
        text = "".join(map(chr, self.choices(range(0x21, 0x7F), k=self.randint(1, most))))
        return text.strip("\"'") or "x"

    def seconds(self) -> int:
        if self.random() < 0.3:
            return min(max(EARLIEST, self.choice(MOMENTS) + self.randint(-1, 1)), LATEST)
        day = self.randint(EARLIEST // 86_400, 20_000) * 86_400
        return day + self.choice([0, 1, 86_399, self.randrange(86_400)])

    def value(self, depth: int = 2) -> Any:
        """Anything that JSON can hold."""
        choices = ["text", "text", "int", "bool", "none", "float", *(["list", "dict"] if depth else [])]
        kind = self.choice(choices)
        if kind == "text":
            return self.text()
        if kind == "int":
            return self.choice([0, 1, -1, self.getrandbits(63), 100])
        if kind == "bool":
            return self.random() < 0.5
        if kind == "float":
            return self.choice([0.5, -1.25, 1e20])
        if kind == "list":
            return [self.value(depth - 1) for _ in range(self.randint(0, 12 if depth == 2 else 3))]
        return {self.text(3) or "k": self.value(depth - 1) for _ in range(self.randint(0, 3))} if kind == "dict" else None

    def params(self) -> Dict[str, Any]:
        """Parameters of any operation."""
        return {self.choice([self.word(), self.text(3) or "n"]): self.value() for _ in range(self.randint(0, 6))}

    def texts(self, most: int = 5) -> Dict[str, str]:
        return {self.choice([self.word(), self.text(3) or "n"]): self.text() for _ in range(self.randint(0, most))}

    def pick(self, *choices: Any) -> Any:
        return self.choice(choices)

    def maybe(self, value: Any, chance: float = 0.5) -> Optional[Any]:
        return value if self.random() < chance else None

    def header_values(self) -> Dict[str, str]:
        """Extra headers with values that may not begin or end with white space."""
        names: List[str] = self.sample(["X-Request-Source", "X-Zeta", "X-Alpha", "X-Trace"], self.randint(0, 3))
        return {name: f"v{self.text(2)}v".replace("\u007f", "") for name in names}
