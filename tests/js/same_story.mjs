// The spec of tests/rust/src/same_story.rs in JavaScript: one seed, one story, four hashes.
import { createHash } from "node:crypto";
import { Job } from "imgferry";
import { KEYS, World } from "./sim.mjs";

const START = 1_767_225_600_000;
const POLLS = 20_000;

/** The hashes of the story of a seed: requests, events, journal, report. */
export function tell(seed) {
  const world = new World(scenarioOf(seed), START);
  const job = new Job(planOf(seed), START, seed);
  let now = START;
  let [requests, events, journal] = ["", "", ""];
  const take = () => {
    journal += job.takeJournal();
    for (const event of job.takeEvents()) events += `${canonical(event)}\n`;
  };
  for (let polls = 0; polls < POLLS; polls++) {
    const step = job.poll(now, KEYS);
    take();
    if (step.type === "done") {
      const report = `${canonical(job.report())}\n`;
      job.free();
      world.free();
      return [requests, events, journal, report].map((text) => createHash("sha256").update(text).digest("hex"));
    }
    if (step.type === "wait") {
      now = step.untilMs;
      continue;
    }
    const { method, url, headers, body } = step.request;
    requests += `${method} ${url}\n${headers.map(([name, value]) => `${name}: ${value}\n`).join("")}\n${body}\n`;
    const answer = world.handle(now, step.request);
    if ("lost" in answer || answer.afterMs > step.timeoutMs) job.lost(now, step.id, "unanswered");
    else job.answer(now, step.id, { status: answer.status, headers: answer.headers, body: answer.body });
    take();
  }
  throw new Error(`the story ${seed} did not end`);
}

function scenarioOf(seed) {
  const chance = (seed % 6) / 100;
  return {
    seed,
    copy_ms: [20_000, 20_000 + 1000 * (seed % 200)],
    visible_after_ms: 1000 * (seed % 7),
    busy_source: seed % 2 === 0,
    faults: { lost_after: chance, lost_before: chance, http_500_after: chance, throttle: chance, garbage: chance, html_502: chance, timeout_after: chance },
  };
}

function planOf(seed) {
  const some = (...regions) => regions.slice(0, 1 + (seed % regions.length));
  const name = `golden-${seed}`;
  return {
    copies: [
      { cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: some("ap-shanghai", "ap-beijing", "ap-singapore"), name },
      { cloud: "volcengine", image: "image-4431h3l7hl31a0example", from: "cn-beijing", to: some("cn-shanghai", "cn-guangzhou"), name },
      { cloud: "huawei", image: "465076de-dc36-4aec-80f5-ef9d8009428f", from: "cn-north-4", to: some("cn-south-1", "cn-east-3", "ap-southeast-3"), name, params: { agency_name: "ims_copy_image" } },
    ],
    policy: { poll: "5s", settle: "30s", concurrency: 1 + (seed % 4), launches: 50 },
  };
}

/** JSON as the other languages write it: sorted keys, under the names that the core gives them. */
function canonical(value) {
  return JSON.stringify(value, (_, item) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).map(([key, inner]) => [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), inner]).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
