/**
 * Jest and Vitest, in jsdom, which knows neither `fetch` nor `TextDecoder` under Jest: the simulator answers within the page.
 * @jest-environment jsdom
 * @vitest-environment jsdom
 */
import { Job, check, run } from "imgferry/inline";
import { World } from "imgferry/sim/inline";
import { sign } from "imgferry/sign/inline";

test("a component's code replicates in jsdom", async () => {
  expect(document.createElement("p").tagName).toBe("P");
  const copies = [{ cloud: "tencent", image: "img-o3ycss2p", from: "ap-guangzhou", to: ["ap-shanghai"], name: "镜像-{date}" }];
  expect(check({ copies }).filter(({ severity }) => severity === "error")).toEqual([]);
  const world = new World({ copy_ms: 50, visible_after_ms: 10 }, Date.now());
  const job = new Job({ copies, policy: { poll: "20ms", settle: "50ms" } }, Date.now(), 7);
  const { counts, rows } = await run(job, World.keys(), { fetch: world.fetch() });
  expect([{ ...counts }, rows[0].name.startsWith("镜像-")]).toEqual([{ ready: 1 }, true]);
  const { canonicalRequest } = sign("huawei", { method: "GET", url: "https://ims.cn-north-4.myhuaweicloud.com/v1/cloudimages", headers: { "x-name": "镜像" }, timeMs: 0 }, World.keys().huawei, { signedHeaders: ["host", "x-name", "x-sdk-date"] });
  expect(canonicalRequest).toContain("x-name:镜像");
}, 60_000);
