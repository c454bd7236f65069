// What every consumer does: a whole replication on three clouds over the real `fetch` of its runtime.
import { Job, check, explain, init, run, texts } from "imgferry";
import { init as initSign, sign } from "imgferry/sign";

const KEYS = {
  tencent: { id: "AKIDEXAMPLE", secret: "EXAMPLE-SECRET-TENCENT" },
  volcengine: { id: "AKLTEXAMPLE", secret: "EXAMPLE-SECRET-VOLCENGINE" },
  huawei: { id: "HWAKEXAMPLE", secret: "EXAMPLE-SECRET-HUAWEI" },
};

/** Copies to five regions through the simulator at `url`, and says what came of it. */
export async function replicate(url) {
  // Only pages need it; it harms nobody.
  await Promise.all([init(), initSign(), texts("zh")]);
  const plan = {
    clouds: { tencent: { endpoint: url }, volcengine: { endpoint: url }, huawei: { endpoint: `${url}/{region}` } },
    copies: [
      { cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai", "ap-singapore"], name: "golden" },
      { cloud: "volcengine", image: "image-4431h3l7hl31a0example", from: "cn-beijing", to: ["cn-shanghai"], name: "golden" },
      { cloud: "huawei", image: "465076de-dc36-4aec-80f5-ef9d8009428f", from: "cn-north-4", to: ["cn-south-1", "cn-east-3"], name: "golden", params: { agency_name: "ims_copy_image" } },
    ],
    policy: { poll: "50ms", settle: "200ms", visible: "5s", backoff: "50ms", backoff_max: "300ms" },
  };
  const problems = check(plan).filter(({ severity }) => severity === "error");
  let journal = "";
  const events = [];
  const job = new Job(plan, Date.now(), 1);
  const report = await run(job, KEYS, { save: (lines) => void (journal += lines), onEvent: ({ event }) => events.push(event) });
  const restored = Job.restore(journal, Date.now());
  const small = sign("huawei", { method: "GET", url: "https://ims.cn-north-4.myhuaweicloud.com/v1/cloudimages/quota", timeMs: 1_722_470_400_000 }, KEYS.huawei);
  return {
    problems: problems.length,
    exitCode: report.exitCode,
    counts: report.counts,
    launches: report.rows.map(({ launches }) => launches),
    launched: events.filter((event) => event === "launched").length,
    kept: restored.kept === journal.length,
    restored: JSON.stringify(restored.job.report().counts),
    secretInJournal: journal.includes("EXAMPLE-SECRET"),
    signature: small.signature,
    // The texts are files of their own, which have to come along.
    words: [check({ copies: [{ ...plan.copies[0], image: "none" }] })[0].messageZh, explain("huawei", "IMG.0015").cause],
  };
}
