"""Closed sets of words, the same in every language. Generated: run `make generate`."""

from typing import Literal

Ambiguity = Literal["probe_then_retry", "stop"]
Cloud = Literal["tencent", "volcengine", "huawei"]
Effect = Literal["read", "launch", "change"]
EventKind = Literal["launching", "launched", "retried", "throttled", "probing", "absent", "resolved", "progress", "ready", "present", "failed", "conflict", "stale", "missing", "ambiguous", "cancelled", "unfinished", "skew", "credentials", "source_pending", "warning"]
Kind = Literal["auth", "permission", "throttled", "quota", "not_found", "invalid", "conflict", "unsupported", "server", "protocol", "misuse"]
LaneState = Literal["inspecting", "finding", "waiting", "queued", "launching", "probing", "task", "image", "finishing", "ready", "present", "failed", "conflict", "stale", "missing", "ambiguous", "cancelled", "unfinished"]
Language = Literal["en", "zh"]
Owner = Literal["caller", "account", "cloud"]
Ownership = Literal["private", "shared", "public", "market", "unknown"]
Place = Literal["body", "query", "path"]
Purpose = Literal["inspect", "find", "quota", "launch", "chain", "watch", "change"]
RegionClass = Literal["mainland", "overseas", "finance", "special"]
Retry = Literal["never", "backoff", "unsure", "clock", "credentials"]
Severity = Literal["note", "warning", "error"]
SignHost = Literal["endpoint", "official"]
Site = Literal["main", "international"]
State = Literal["pending", "ready", "failed", "gone"]
TaskState = Literal["running", "succeeded", "failed"]
Without = Literal["refused", "blind", "warned"]
