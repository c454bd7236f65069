// The examples of the README in TypeScript: what the type checker must take, and what it must refuse.
import { type At, type Copy, type Event, ImgferryError, Job, type Plan, type Report, Refused, Signer, build, check, explain, operations, params, read, regions, request, run, sign, verify } from "imgferry";
import { finish, prepare } from "imgferry/sign";
import { init } from "imgferry/slim";
import * as tencent from "imgferry/tencent";

const at: At = { region: "ap-guangzhou" };
const key = { id: "AKIDEXAMPLE", secret: "EXAMPLE-SECRET" };
const now = 1_767_225_600_000;

// Level 1.
const signed = sign("huawei", { method: "GET", url: "https://ims.cn-north-4.myhuaweicloud.com/v1/cloudimages/quota", timeMs: now }, key);
const name: string = signed.headers[0]![0];
const prepared = prepare("tencent", { method: "POST", url: "https://cvm.tencentcloudapi.com/", body: "{}", timeMs: now, service: "cvm" }, { id: key.id });
const authorization: string = finish(prepared, key).authorization;
const who: string = verify("huawei", { method: "GET", ...signed }, (id) => (id === key.id ? key : undefined), now).id;
// @ts-expect-error there is no such cloud
sign("aws", { method: "GET", url: "https://h/", timeMs: now }, key);
// @ts-expect-error times are numbers
sign("huawei", { method: "GET", url: "https://h/", timeMs: new Date() }, key);

// Level 2: the literal name of the operation brings the type of its parameters.
const sync: params.tencent.SyncImages = { ImageIds: ["img-o3ycss2p"], DestinationRegions: ["ap-shanghai"] };
const problems = check("tencent", "SyncImages", sync, at).filter(({ severity }) => severity === "error");
const call = build("volcengine", "CopyImage", { ImageId: "image-1", DestinationRegion: "cn-shanghai", ImageName: "golden" }, { region: "cn-beijing" });
const outgoing = request("tencent", "SyncImages", sync, at, key, now);
void fetch(outgoing.url, { method: outgoing.method, headers: outgoing.headers, body: outgoing.body });
const signer = new Signer("tencent", key);
const kept: Signer<"tencent"> = signer;
const again: string = kept.request("SyncImages", sync, at, now).body;
const alike: typeof signed = kept.sign({ method: "POST", url: "https://cvm.tencentcloudapi.com/", body: again, timeMs: now, service: "cvm" });
// @ts-expect-error there is no such operation of the signer's cloud
signer.request("CopyImage", {}, at, now);
// @ts-expect-error ImageIds is a list
signer.request("SyncImages", { ImageIds: "img-o3ycss2p", DestinationRegions: [] }, at, now);
signer.free();
// @ts-expect-error ImageIds is a list
build("tencent", "SyncImages", { ImageIds: "img-o3ycss2p", DestinationRegions: [] }, at);
// @ts-expect-error DestinationRegions is required
build("tencent", "SyncImages", { ImageIds: [] }, at);
// @ts-expect-error there is no such operation of this cloud
build("tencent", "CopyImage", {}, at);
// @ts-expect-error nor such a parameter
build("volcengine", "CopyImage", { ImageId: "i", DestinationRegion: "r", ImageName: "n", Region: "x" }, at);

try {
  const reply = read("tencent", "SyncImages", { status: 200, body: "{}" });
  if (reply.facts.type === "launched") console.log(reply.facts.items.map(({ region, image }) => `${region} ${image}`));
} catch (error) {
  if (error instanceof Refused) console.log(error.reason);
  else if (error instanceof ImgferryError && error.retryable) console.log(error.kind, error.code, error.requestId, error.hint);
}
const advice: string = explain("tencent", "RequestLimitExceeded").nextZh;
const known: string[] = regions("huawei").map(({ id }) => id);
const first: string | undefined = operations("huawei")[0]?.fields[0]?.name;

// Level 3.
const plan = { copies: [{ cloud: "tencent" as const, image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai", { region: "ap-singapore", name: "sg" }], name: "golden-{date}" }] };
const journal: string[] = [];
const controller = new AbortController();

export async function replicate(): Promise<Report> {
  await init(fetch("imgferry.wasm"));
  const job = new Job(plan, now, 7);
  const step = job.poll(now, { tencent: key });
  if (step.type === "send") job.lost(now, step.id, "unsent");
  else if (step.type === "wait") console.log(step.untilMs);
  // @ts-expect-error a lost request is unsent or unanswered
  job.lost(now, 1, "gone");
  const { job: restored, kept } = Job.restore(journal.join("").slice(0), now);
  console.log(kept, restored.length, name, authorization, who, problems, call, advice, known, first);
  const report = await run(restored, () => ({ tencent: key }), {
    fetch,
    save: (lines) => void journal.push(lines),
    signal: controller.signal,
    onEvent: ({ event, percent }) => console.log(event, percent),
  });
  restored[Symbol.dispose]();
  return report;
}

// One cloud alone.
const alone = new tencent.Signer("tencent", key);
const sent: string = alone.request("SyncImages", sync, at, now).body;
void tencent.texts("zh").then(() => tencent.check("tencent", "SyncImages", sync, at));
// @ts-expect-error it knows no other cloud
tencent.regions("huawei");
// @ts-expect-error there is no such language
void tencent.texts("fr");
// Plans, events and rows, as the core knows them.
export const whole: Plan = {
  clouds: { tencent: { uin: "100000000001", site: "international" }, huawei: { projects: { "cn-east-2": "0123" } } },
  copies: [{ cloud: "huawei", image: "i", from: "cn-north-4", to: ["cn-east-2"], after: { tags: { k: "v" } }, chain: {} }],
  policy: { poll: "2s", ambiguity: "stop", rates: { "tencent.SyncImages": 5 }, active: { huawei: 3 } },
};
// @ts-expect-error a number without a unit could mean anything
export const unitless: Plan = { policy: { poll: 15 } };
// @ts-expect-error there is no such field
export const misspelt: Plan = { policy: { pol: "15s" } };
// @ts-expect-error nor such a region's record
export const region: Copy = { cloud: "tencent", image: "i", from: "f", to: [{ regio: "x" }] };
export function ended({ rows, counts }: Report, happened: Event): boolean {
  // @ts-expect-error there is no such state
  const isDone = rows.some((row) => row.state === "done");
  // @ts-expect-error nor such an event
  return isDone || happened.event === "finished" || (counts.ready ?? 0) > 0 || rows.every((row) => row.state === "ready");
}
