"""The words of closed sets in Chinese, as text output shows them; JSON keeps them as they are in every language."""

from __future__ import annotations

from typing import Dict

WORDS: Dict[str, str] = {
    # Kinds of refusals.
    **{"auth": "鉴权", "permission": "权限", "throttled": "限流", "quota": "配额", "not_found": "不存在", "invalid": "参数错误"},
    **{"conflict": "冲突", "unsupported": "不支持", "server": "服务端", "protocol": "协议", "misuse": "用法错误"},
    # Whether the same may be sent again.
    **{"never": "不可", "backoff": "稍后可以", "unsure": "可能已执行", "clock": "校时后可以", "credentials": "更换密钥后可以"},
    # Who can mend it.
    **{"caller": "调用者", "account": "账号管理员", "cloud": "云平台"},
    # Where a destination or a run stands.
    **{"inspecting": "检查源", "finding": "检查目标", "waiting": "等待", "queued": "排队", "launching": "发起中", "probing": "核实中"},
    **{"task": "复制中", "image": "复制中", "retried": "重试中", "finishing": "收尾中", "ready": "就绪", "present": "已存在", "failed": "失败"},
    **{"stale": "旧版本", "missing": "缺少", "ambiguous": "不明", "cancelled": "已取消", "unfinished": "未完成"},
    **{"running": "进行中", "cancelling": "取消中", "ended": "已结束", "broken": "已损坏", "some failed": "部分失败", "unreadable": "无法读取"},
    # Images, and whose they are.
    **{"pending": "制作中", "gone": "已删除", "private": "自有", "shared": "共享", "public": "公共", "market": "市场", "unknown": "未知"},
    # Regions.
    **{"mainland": "境内", "overseas": "境外", "finance": "金融", "special": "专区"},
    # Findings, and what the doctor looks at.
    **{"error": "错误", "warning": "警告", "note": "提示"},
    **{"key": "密钥", "proxy": "代理", "tls": "证书", "host": "主机", "read": "读取", "identity": "身份"},
    # Why there is no answer.
    **{"unsent": "未发出", "blocked": "无法发出", "unanswered": "无响应"},
}
#: Events that are told at once, where their words above mean something else or nothing.
EVENTS: Dict[str, str] = {"skew": "时钟偏差", "credentials": "密钥", "source_pending": "等待源镜像"}
