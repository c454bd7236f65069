// The words of the console, in English and Chinese.
const EN = {
  replications: "Replications", new: "New replication", images: "Images", explain: "Explain", settings: "Settings", skip: "Skip to content", demo: "demo", worker: "worker",
  name: "Name", state: "State", clouds: "Clouds", begun: "Begun", progress: "Progress", all: "All", filter: "Filter by state", none: "Nothing here yet.", noneHint: "Plan the first one: nothing is launched before you say so.",
  queued: "waiting", running: "running", ended: "ended", person: "needs a person", failed: "failed", done: "done", unfinished: "unfinished",
  cloud: "Cloud", source: "Source region", image: "Image", pick: "Pick from the listing", list: "List images", destinations: "Destinations", copyName: "Name of the copies", agency: "Agency", params: "Further parameters (JSON)",
  add: "Add image", remove: "Remove", check: "Findings", clean: "No rule is broken.", survey: "Survey", surveying: "Looking…", launch: "Start the replication", plan: "Plan", yaml: "YAML", command: "Command line", curl: "curl", copyText: "Copy", copied: "Copied",
  present: "present", missing: "missing", stale: "stale", conflict: "conflict", extra: "extra", diff: "Survey: what is there and what is not", region: "Region", id: "Id", found: "Image there",
  lane: "Destination", timeline: "Timeline", events: "Events", journal: "Journal", cancel: "Cancel", resume: "Resume", delete: "Delete", resolve: "Resolve", details: "Details", close: "Close", requestIds: "Request ids", next: "Next step", cause: "Cause",
  itIsThere: "It is there, with this id", itIsNot: "It is not there", imageId: "Image id", launches: "Launches", since: "Since", remaining: "Remaining", ahead: "Replications before it on this account:", compact: "Compact", fullHistory: "Full history",
  explainHint: "Paste an error, its code, a canonical request that was refused, or a journal.", explainGo: "Explain it", code: "Code", kind: "Kind", owner: "Whose matter", retry: "Retry",
  mode: "Mode", modeDemo: "Demo: simulated clouds inside this page", modeWorker: "Worker: real clouds over an edge worker", address: "Address of the worker", token: "Token", tokenHint: "Kept until this tab is closed.", save: "Save", saved: "Saved.", connected: "Connected as",
  language: "Language", theme: "Theme", system: "as the system", light: "light", dark: "dark", faults: "Faults of the simulated clouds", faultsHint: "Choosing faults begins with empty clouds.", apply: "Apply", reset: "Begin anew", loading: "Loading…", of: "of", command2: "The same on the command line",
  f_lost_after: "answers get lost", f_throttle: "too many requests", f_slow: "slow answers", f_copy_fails: "copies fail", f_http_500_after: "server errors", noImages: "No own images in this region.", more: "More", journalOf: "A journal of a replication", lanes: "destinations", took: "Took", elapsed: "Elapsed", same: "The same as commands", legend: "Marks of the timeline", eta: "may be ready", search: "Find by name", noMatch: "None matches.", example: "An example", what: "Error, request or journal", account: "account", caller: "caller",
};
const ZH: typeof EN = {
  replications: "复制任务", new: "新建任务", images: "镜像", explain: "解释", settings: "设置", skip: "跳到内容", demo: "演示", worker: "worker",
  name: "名称", state: "状态", clouds: "云", begun: "开始时间", progress: "进度", all: "全部", filter: "按状态筛选", none: "暂无内容。", noneHint: "先创建一个计划：确认之前不会执行任何操作。",
  queued: "排队中", running: "进行中", ended: "已结束", person: "需人工处理", failed: "失败", done: "完成", unfinished: "未完成",
  cloud: "云", source: "源地域", image: "镜像", pick: "从列表选择", list: "列出镜像", destinations: "目标地域", copyName: "副本名称", agency: "委托名称", params: "更多参数（JSON）",
  add: "添加镜像", remove: "移除", check: "检查结果", clean: "未违反任何规则。", survey: "查询现状", surveying: "查询中…", launch: "开始复制", plan: "计划", yaml: "YAML", command: "命令行", curl: "curl", copyText: "复制文本", copied: "已复制",
  present: "已存在", missing: "缺失", stale: "过期", conflict: "冲突", extra: "多余", diff: "查询结果：已有与缺失", region: "地域", id: "ID", found: "已有镜像",
  lane: "目标", timeline: "时间线", events: "事件", journal: "日志", cancel: "取消", resume: "恢复", delete: "删除", resolve: "确认结果", details: "详情", close: "关闭", requestIds: "请求 ID", next: "下一步", cause: "原因",
  itIsThere: "已存在，ID 如下", itIsNot: "不存在", imageId: "镜像 ID", launches: "发起次数", since: "自", remaining: "剩余", ahead: "同一账号前面的任务数：", compact: "精简", fullHistory: "完整历史",
  explainHint: "粘贴错误、错误码、被拒绝的规范请求或日志。", explainGo: "解释", code: "错误码", kind: "类型", owner: "责任方", retry: "重试",
  mode: "模式", modeDemo: "演示：页面内的模拟云", modeWorker: "Worker：通过边缘 worker 使用真实的云", address: "worker 地址", token: "令牌", tokenHint: "仅保留到此标签页关闭。", save: "保存", saved: "已保存。", connected: "已连接，身份",
  language: "语言", theme: "主题", system: "跟随系统", light: "浅色", dark: "深色", faults: "模拟云的故障", faultsHint: "选择故障会清空模拟云。", apply: "应用", reset: "重新开始", loading: "加载中…", of: "/", command2: "等效命令行",
  f_lost_after: "应答丢失", f_throttle: "请求过多", f_slow: "应答缓慢", f_copy_fails: "复制失败", f_http_500_after: "服务器错误", noImages: "此地域没有自有镜像。", more: "更多", journalOf: "复制任务日志", lanes: "个目标", took: "用时", elapsed: "已用时", same: "等效命令", legend: "时间线图例", eta: "预计就绪", search: "按名称查找", noMatch: "没有匹配项。", example: "示例", what: "错误、请求或日志", account: "账号", caller: "调用方",
};

export type Word = keyof typeof EN;
export type Language = "en" | "zh";
let language: Language = "en";
export const speak = (chosen: Language): void => void (language = chosen);
export const isZh = (): boolean => language === "zh";
export const t = (word: Word): string => (language === "zh" ? ZH : EN)[word];
/** A word of the core in the reader's language, where there is one for it. */
export const state = (word: string): string => (["image", "task"].includes(word) ? (isZh() ? "复制中" : "copying") : Object.hasOwn(EN, word) ? t(word as Word) : isZh() ? (STATES[word] ?? word) : word);
const STATES: Record<string, string> = {
  ready: "就绪", pending: "创建中", launching: "发起中", launched: "已发起", probing: "核对中", inspecting: "检查源", finding: "查找", waiting: "等待", ambiguous: "无法确定", cancelled: "已取消",
  finishing: "收尾", throttled: "被限流", retried: "重试", resolved: "已确认", absent: "未找到", warning: "警告", credentials: "密钥", skew: "时钟偏差", error: "错误", note: "说明",
};
