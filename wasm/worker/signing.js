// Split signing: a page prepares a request without the secret, the worker checks it, computes it anew and signs it.
import { ImgferryError, build, finish, prepare } from "imgferry";

/** How far the time of signing may lie from the worker's clock: what the clouds allow at least. */
const WINDOW_MS = 5 * 60_000;

/**
 * What a page sends to be signed. `identity` is the access key id, which is no secret.
 * The page keeps the request and adds the headers that come back.
 */
export function prepared(cloud, operation, params, at, identity, timeMs) {
  return { cloud, operation, params, at, timeMs, prepared: prepareCall(cloud, operation, params, at, identity, timeMs) };
}

/**
 * Signs what a page prepared. It must be allowed, and be what this worker computes from the same parameters: a request
 * that was altered on the way, in whatever part, is refused.
 */
export function signed(asked, keys, allow, nowMs) {
  const { cloud, operation, params, at, timeMs, prepared } = asked ?? {};
  const key = keys[cloud];
  if (!key) throw refused("cloud", `there is no key for ${cloud}`);
  if (!(Math.abs(nowMs - timeMs) <= WINDOW_MS)) throw refused("timeMs", "the time of signing is not now");
  const ours = prepareCall(cloud, operation, params, at, { id: key.id, token: key.token }, timeMs);
  // Where it goes, and the host that is signed, which may be another.
  const to = at.endpoint?.replace(/^https?:\/\/|\/+$/g, "") ?? new URL(ours.url).host;
  check(asked, [to, ours.headers.find(([name]) => name.toLowerCase() === "host")[1]], allow);
  if (prepared?.canonicalRequest !== ours.canonicalRequest || prepared?.stringToSign !== ours.stringToSign) {
    throw refused("prepared", "the prepared request is not the one that these parameters make");
  }
  const { url, headers, authorization } = finish(ours, key);
  return { url, headers, authorization };
}

/**
 * Everything but the secret's part. Every header is signed, not only the least that the scheme needs: with that, what was
 * signed for one action of Tencent would be good for another.
 */
function prepareCall(cloud, operation, params, at, identity, timeMs) {
  const { request, region, service } = build(cloud, operation, params, at);
  const { headers } = prepare(cloud, { ...request, region, service, timeMs }, identity);
  return prepare(cloud, { ...request, headers, region, service, timeMs }, identity, { signedHeaders: headers.map(([name]) => name) });
}

/**
 * The allow-list: entries of `{ cloud, operation, regions, hosts, params }`. A host stands there as in an endpoint, with port and
 * path if it has them. `params` has a pattern for every parameter that may be given; each value, or each entry of a list or
 * record, must match it as a whole. What is not listed is not allowed.
 */
function check({ cloud, operation, params, at }, hosts, allow) {
  const entry = allow.find((entry) => entry.cloud === cloud && entry.operation === operation);
  if (!entry) throw refused("operation", `${operation} of ${cloud} is not allowed`);
  if (!entry.regions.includes(at.region)) throw refused("at.region", `the region ${at.region} is not allowed`);
  const host = hosts.find((host) => !entry.hosts.includes(host));
  if (host !== undefined) throw refused("at.endpoint", `the host ${host} is not allowed`);
  for (const [name, value] of Object.entries(params)) {
    const pattern = Object.hasOwn(entry.params, name) ? new RegExp(`^(?:${entry.params[name]})$`, "u") : undefined;
    if (!pattern || !leaves(value).every((leaf) => pattern.test(String(leaf)))) throw refused(`params.${name}`, `this value of ${name} is not allowed`);
  }
}

function leaves(value) {
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : [value];
}

function refused(code, message) {
  return new ImgferryError(message, { kind: "permission", code, hint: "have the allow-list of the worker extended", hintZh: "请扩充 worker 的允许列表" });
}
