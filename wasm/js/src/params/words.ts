// Closed sets of words, the same in every language. Generated: run `npm run build`.

export type Ambiguity = "probe_then_retry" | "stop";
export type Cloud = "tencent" | "volcengine" | "huawei";
export type Effect = "read" | "launch" | "change";
export type EventKind = "launching" | "launched" | "retried" | "throttled" | "probing" | "absent" | "resolved" | "progress" | "ready" | "present" | "failed" | "conflict" | "stale" | "missing" | "ambiguous" | "cancelled" | "unfinished" | "skew" | "credentials" | "source_pending" | "warning";
export type Kind = "auth" | "permission" | "throttled" | "quota" | "not_found" | "invalid" | "conflict" | "unsupported" | "server" | "protocol" | "misuse";
export type LaneState = "inspecting" | "finding" | "waiting" | "queued" | "launching" | "probing" | "task" | "image" | "finishing" | "ready" | "present" | "failed" | "conflict" | "stale" | "missing" | "ambiguous" | "cancelled" | "unfinished";
export type Language = "en" | "zh";
export type Owner = "caller" | "account" | "cloud";
export type Ownership = "private" | "shared" | "public" | "market" | "unknown";
export type Place = "body" | "query" | "path";
export type Purpose = "inspect" | "find" | "quota" | "launch" | "chain" | "watch" | "change";
export type RegionClass = "mainland" | "overseas" | "finance" | "special";
export type Retry = "never" | "backoff" | "unsure" | "clock" | "credentials";
export type Severity = "note" | "warning" | "error";
export type SignHost = "endpoint" | "official";
export type Site = "main" | "international";
export type State = "pending" | "ready" | "failed" | "gone";
export type TaskState = "running" | "succeeded" | "failed";
export type Without = "refused" | "blind" | "warned";
