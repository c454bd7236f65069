// The words of the console, in English and Chinese.
import type { Cloud } from "imgferry";

const EN = {
  replications: "Replications", new: "New replication", images: "Images", explain: "Explain", settings: "Settings", skip: "Skip to content", demo: "demo", worker: "worker",
  name: "Name", state: "State", clouds: "Clouds", begun: "Begun", progress: "Progress", all: "All", filter: "Filter by state", none: "Nothing here yet.", noneHint: "Plan the first one: nothing is launched before you say so.", noneDemo: "The clouds are simulated inside this page: no keys, and nothing leaves it.", useWorker: "Use real clouds over a worker",
  queued: "waiting", running: "running", ended: "ended", person: "needs a person", failed: "failed", done: "done", unfinished: "unfinished",
  cloud: "Cloud", source: "Source region", image: "Image", pick: "Pick from the listing", list: "List images", destinations: "Destinations", copyName: "Name of the copies", params: "Further parameters (JSON)",
  add: "Add image", remove: "Remove", check: "Findings", clean: "No rule is broken.", survey: "Survey", surveying: "Looking…", launch: "Start the replication", plan: "Plan", yaml: "YAML", command: "Command line", curl: "curl", copyText: "Copy", copied: "Copied", copyByHand: "Selected: press Ctrl+C",
  present: "present", missing: "missing", stale: "stale", conflict: "conflict", extra: "extra", diff: "Survey: what is there and what is not", region: "Region", id: "Id", found: "Image there",
  lane: "Destination", timeline: "Timeline", events: "Events", journal: "Journal", cancel: "Cancel", resume: "Resume", delete: "Delete", resolve: "Resolve", close: "Close", requestIds: "Request ids", next: "Next step", cause: "Cause",
  itIsThere: "It is there, with this id", imageId: "Image id", launches: "Launch attempts", since: "Since", remaining: "Remaining", ahead: "Replications before it on this account", compact: "Compact", fullHistory: "Full history",
  explainHint: "Paste an error or its code, an answer, a request that was refused (HTTP, curl, HAR, canonical), lines of a log, or a journal. It does not leave this page.", explainGo: "Explain it", owner: "Who mends it", again: "Send it again?", message: "The cloud says", refusedRequest: "Refused request", unknown: "Nothing in this text is known here.", unknownHint: "Paste the whole answer of the cloud, with its code.",
  mode: "Mode", modeDemo: "Demo: simulated clouds inside this page", modeWorker: "Worker: real clouds over an edge worker", address: "Address of the worker", token: "Token", tokenHint: "Kept until this tab is closed.", save: "Save", saved: "Saved.", connected: "Connected as",
  language: "Language", theme: "Theme", system: "as the system", light: "light", dark: "dark", faults: "Faults of the simulated clouds", faultsHint: "Either button begins with empty clouds and deletes the simulated replications.", apply: "Apply", reset: "Begin anew", loading: "Loading…", of: "of", command2: "Next command",
  f_lost_after: "answers get lost", f_throttle: "too many requests", f_slow: "slow answers", f_copy_fails: "copies fail", f_http_500_after: "server errors", noImages: "No own images in this region.", more: "More", journalOf: "A journal of a replication", took: "Took", elapsed: "Elapsed", same: "The same as commands", legend: "Marks of the timeline", eta: "may be ready", doubt: "in doubt", waiting: "waiting", search: "Find by name", noMatch: "None matches.", example: "An example", what: "Error, request or journal",
  o_caller: "whoever makes the request", o_account: "whoever administers the account", o_cloud: "the cloud", seconds: "at the earliest after", waitFor: "Next look", download: "Download", by: "Started by", findImage: "Find by name or id", chooseAll: "Choose all", chooseNone: "None", original: "In its own words", inTime: "in", lastAttempt: "Last trouble", noEvents: "Nothing has happened here yet.",
  findLane: "Find a destination", personHint: "Nobody knows whether these launches took effect, and a second one could make a second image. Look into the cloud, then say here what is there.", personCount: "Needs a person", failedCount: "Failed", show: "Show",
  sureCancel: "Cancel this replication?", cancelHint: "What is not launched will not be. Copies under way go on in the cloud; resume looks for them.", keep: "Keep it running", sureDelete: "Delete this replication?", deleteHint: "Its journal is deleted for good. Images in the clouds stay.", keepIt: "Keep it",
  namesTaken: "This worker takes names like", sortBy: "Sort by", needFirst: "those that need a person first", ascending: "ascending", descending: "descending",
  cancelled2: "Cancel was asked.", resumed: "It goes on.", resolved2: "Noted; it goes on.", lookThere: "Images of this region", resolveHint: "Look in the region for an image of this name, made at about the time of the launch.", notThereAgain: "It is not there: launch again",
  summary: "To be copied", newShort: "New", perhaps: "Survey first to see what is there already. Nothing is launched before you start it.", starting: "Starting…", chosen: "chosen", copyThis: "Copy", newer: "A newer version of the console runs in another tab, and the demo goes on there. Reload this one to go on here.", elsewhere: "The demo goes on in another tab. Reload this one to go on here.", unkept: "This browser lets the page keep nothing: the demo is gone when this tab is closed or loaded anew.", connecting: "Connecting…", others: "Not shown", reload: "Reload", holders: "Filled in for each copy",
};
const ZH: typeof EN = {
  replications: "复制任务", new: "新建任务", images: "镜像", explain: "解释", settings: "设置", skip: "跳到内容", demo: "演示", worker: "worker",
  name: "名称", state: "状态", clouds: "云", begun: "开始时间", progress: "进度", all: "全部", filter: "按状态筛选", none: "暂无内容。", noneHint: "先创建一个计划：确认之前不会执行任何操作。", noneDemo: "各云由此页面模拟：无需密钥，也不发送任何内容。", useWorker: "通过 worker 使用真实的云",
  queued: "排队中", running: "进行中", ended: "已结束", person: "需人工处理", failed: "失败", done: "完成", unfinished: "未完成",
  cloud: "云", source: "源地域", image: "镜像", pick: "从列表选择", list: "列出镜像", destinations: "目标地域", copyName: "副本名称", params: "更多参数（JSON）",
  add: "添加镜像", remove: "移除", check: "检查结果", clean: "未违反任何规则。", survey: "查询现状", surveying: "查询中…", launch: "开始复制", plan: "计划", yaml: "YAML", command: "命令行", curl: "curl", copyText: "复制文本", copied: "已复制", copyByHand: "已选中，请按 Ctrl+C",
  present: "已存在", missing: "缺失", stale: "过期", conflict: "冲突", extra: "多余", diff: "查询结果：已有与缺失", region: "地域", id: "ID", found: "已有镜像",
  lane: "目标", timeline: "时间线", events: "事件", journal: "日志", cancel: "取消", resume: "恢复", delete: "删除", resolve: "确认结果", close: "关闭", requestIds: "请求 ID", next: "下一步", cause: "原因",
  itIsThere: "已存在，ID 如下", imageId: "镜像 ID", launches: "发起次数", since: "自", remaining: "剩余", ahead: "同一账号前面的任务数", compact: "精简", fullHistory: "完整历史",
  explainHint: "粘贴错误或错误码、应答、被拒绝的请求（HTTP、curl、HAR 或规范请求）、日志行或任务日志。内容不会离开此页面。", explainGo: "解释", owner: "由谁处理", again: "能否重发", message: "云的说明", refusedRequest: "被拒绝的请求", unknown: "未能识别此文本。", unknownHint: "请粘贴云的完整应答，包括错误码。",
  mode: "模式", modeDemo: "演示：页面内的模拟云", modeWorker: "Worker：通过边缘 worker 使用真实的云", address: "worker 地址", token: "令牌", tokenHint: "仅保留到此标签页关闭。", save: "保存", saved: "已保存。", connected: "已连接，身份",
  language: "语言", theme: "主题", system: "跟随系统", light: "浅色", dark: "深色", faults: "模拟云的故障", faultsHint: "两个按钮都会清空模拟云，并删除模拟的任务。", apply: "应用", reset: "重新开始", loading: "加载中…", of: "/", command2: "下一条命令",
  f_lost_after: "应答丢失", f_throttle: "请求过多", f_slow: "应答缓慢", f_copy_fails: "复制失败", f_http_500_after: "服务器错误", noImages: "此地域没有自有镜像。", more: "更多", journalOf: "复制任务日志", took: "用时", elapsed: "已用时", same: "等效命令", legend: "时间线图例", eta: "预计就绪", doubt: "无法确定", waiting: "等待", search: "按名称查找", noMatch: "没有匹配项。", example: "示例", what: "错误、请求或日志",
  o_caller: "发出请求的一方", o_account: "账号管理员", o_cloud: "云平台", seconds: "最早在", waitFor: "下次查询", download: "下载", by: "发起人", findImage: "按名称或 ID 查找", chooseAll: "全选", chooseNone: "全不选", original: "原文", inTime: "在", lastAttempt: "最近的问题", noEvents: "尚无事件。",
  findLane: "查找目标", personHint: "无法确定这些复制是否已经发起，再次发起可能产生第二个镜像。请先到云上查看，再在此说明结果。", personCount: "需人工处理", failedCount: "失败", show: "查看",
  sureCancel: "取消此任务？", cancelHint: "尚未发起的不再发起。已发起的复制会在云上继续，恢复任务时会再次查找。", keep: "继续运行", sureDelete: "删除此任务？", deleteHint: "其日志将被永久删除，云上的镜像保留。", keepIt: "保留",
  namesTaken: "此 worker 接受的名称", sortBy: "排序", needFirst: "需人工处理的在前", ascending: "升序", descending: "降序",
  cancelled2: "已请求取消。", resumed: "任务继续。", resolved2: "已记录，任务继续。", lookThere: "此地域的镜像", resolveHint: "请在该地域查找此名称、在发起时间前后创建的镜像。", notThereAgain: "不存在：重新发起",
  summary: "将要复制", newShort: "新建", perhaps: "可先查询现状。开始之前不会发起任何操作。", starting: "正在开始…", chosen: "已选", copyThis: "复制", newer: "另一标签页已运行新版控制台，演示在那里继续。重新加载此页即可在此继续。", elsewhere: "演示已在另一标签页继续。重新加载此页即可在此继续。", unkept: "浏览器不允许此页保存内容：关闭或重新加载此标签页后，演示内容将丢失。", connecting: "连接中…", others: "未显示", reload: "重新加载", holders: "每个副本自动填入",
};

export type Word = keyof typeof EN;
export type Language = "en" | "zh";
let language: Language = "en";
export const speak = (chosen: Language): void => void (language = chosen);
export const isZh = (): boolean => language === "zh";
export const t = (word: Word): string => (language === "zh" ? ZH : EN)[word];
/** A full-width colon has its own space. */
export const colon = (): string => (language === "zh" ? "：" : ": ");
/** A word in front of what it says. */
export const label = (word: Word): string => `${t(word)}${colon()}`;
/** A word of the core in the reader's language, where there is one for it. */
export const state = (word: string): string => (["image", "task"].includes(word) ? (isZh() ? "复制中" : "copying") : Object.hasOwn(EN, word) ? t(word as Word) : ((isZh() ? STATES : WORDS)[word] ?? word));
/** A cloud by its name. */
export const cloudName = (cloud: Cloud): string => (isZh() ? { tencent: "腾讯云", volcengine: "火山引擎", huawei: "华为云" } : { tencent: "Tencent Cloud", volcengine: "Volcengine", huawei: "Huawei Cloud" })[cloud] ?? cloud;
export const cloudNames = (clouds: readonly Cloud[]): string => clouds.map(cloudName).join(isZh() ? "、" : ", ");
const WORDS: Record<string, string> = { finding: "looking", inspecting: "checking the source", resolved: "confirmed", absent: "not found", skew: "clock off", credentials: "new keys", source_pending: "source not ready" };
const STATES: Record<string, string> = {
  ready: "就绪", pending: "创建中", launching: "发起中", launched: "已发起", probing: "核对中", inspecting: "检查源", finding: "查找", ambiguous: "无法确定", cancelled: "已取消",
  finishing: "收尾", throttled: "被限流", retried: "重试", resolved: "已确认", absent: "未找到", warning: "警告", credentials: "更换密钥", source_pending: "源未就绪", skew: "时钟偏差", error: "错误", note: "说明",
};
