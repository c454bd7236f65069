// What may be done. Plans and what pages have signed are held to one list: a plan is what its calls would be.
import type { At, Cloud, CloudSettings, Plan, Row } from "imgferry";
import { CLOUDS, settings } from "./config.js";
import { refused } from "./refusal.js";
import type { Said } from "./refusal.js";
import type { Allowed, Env } from "./types.js";

type Params = Record<string, unknown>;
type Entry = Record<string, unknown> & { cloud: Cloud; from: string; to?: unknown };

/** The calls that a plan leads to, with the parameters that it chooses: by cloud, the operation and its names for them. */
const CALLS = {
  tencent: {
    list: "DescribeImages",
    copy: ["SyncImages", { image: "ImageIds", to: "DestinationRegions", name: "ImageName" }],
    own: ["SyncImages", { image: "ImageIds", to: "DestinationRegions", cmk_id: "KmsKeyId" }],
    export: ["ExportImages", { image: "ImageIds", name: "FileNamePrefixList" }],
    describe: ["ModifyImageAttribute", { rename: "ImageName", description: "ImageDescription" }],
    tags: ["TagResources", { tags: "Tags" }],
    share: ["ModifyImageSharePermission", { share: "AccountIds" }],
    delete: ["DeleteImages", {}],
    described: true,
  },
  volcengine: {
    list: "DescribeImages",
    copy: ["CopyImage", { image: "ImageId", to: "DestinationRegion", name: "ImageName", description: "Description" }],
    own: ["CopyImage", { image: "ImageId", to: "DestinationRegion" }],
    export: ["ExportImage", { image: "ImageId", name: "TOSPrefix" }],
    describe: ["ModifyImageAttribute", { rename: "ImageName", description: "Description" }],
    tags: ["TagResources", { tags: "Tags" }],
    share: ["ModifyImageSharePermission", { share: "AddAccounts" }],
    delete: ["DeleteImages", {}],
    described: false,
  },
  huawei: {
    list: "ListImages",
    copy: ["CopyImageCrossRegion", { image: "image_id", to: "region", name: "name", description: "description" }],
    own: ["CopyImageInRegion", { image: "image_id", cmk_id: "cmk_id" }],
    export: ["ExportImage", { image: "image_id", name: "name" }],
    describe: ["UpdateImage", { rename: "name", description: "__description" }],
    tags: ["AddImageTags", { tags: "tags" }],
    share: ["AddImageMembers", { share: "projects" }],
    delete: ["DeleteImage", {}],
    described: false,
  },
} as const;

/** The operation that lists images. */
export const listing = (cloud: Cloud): string => CALLS[cloud].list;

/** The plan with the settings that are bound; whatever else it asks for is refused. */
export function bound(env: Env, plan: Plan): Plan {
  const clouds: Record<string, CloudSettings> = {};
  for (const cloud of CLOUDS) {
    const ours = settings(env, cloud);
    same(`clouds.${cloud}`, plan.clouds?.[cloud] as Params | undefined, (ours ?? {}) as Params);
    if (ours) clouds[cloud] = ours;
  }
  return { ...plan, clouds };
}

/** The plan with what is bound beside what it says itself, to be checked whole: it is to leave out what is bound. */
export function completed(env: Env, plan: Plan): Plan {
  const { clouds = {} } = plan;
  if (!isRecord(clouds)) return plan;
  const whole = CLOUDS.flatMap((cloud) => {
    const [ours, own = {}] = [settings(env, cloud), clouds[cloud]];
    return ours && isRecord(own) ? [[cloud, { ...ours, ...own }]] : [];
  });
  return { ...plan, clouds: { ...clouds, ...Object.fromEntries(whole) } };
}

const isRecord = (value: unknown): value is Params => typeof value === "object" && value !== null && !Array.isArray(value);

/** The place of a call with the settings that are bound. */
export function place(env: Env, cloud: Cloud, at: Partial<At> | undefined): At {
  const { site, endpoint, sign_host, projects, domain_id } = settings(env, cloud) ?? {};
  const { region, projectId, ...asked } = at ?? {};
  if (typeof region !== "string") throw refused(400, "invalid", "at.region", ["a region is wanted", "须给出地域"], ["give the region of the call", "请给出调用的地域"]);
  same("at", asked, { site, endpoint: endpoint?.replace("{region}", region), signHost: sign_host, domainId: domain_id });
  const project = projects?.[region];
  if (projectId !== undefined && projectId !== project) throw no("at.projectId", ["the project is not the one that is bound", "该项目不是 worker 绑定的项目"]);
  return { region, site, endpoint: endpoint?.replace("{region}", region), signHost: sign_host, projectId: project, domainId: domain_id };
}

/** That nothing is asked for but what is bound. */
function same(path: string, asked: Params | undefined, bound: Params): void {
  for (const [name, value] of Object.entries(asked ?? {})) {
    if (value !== undefined && JSON.stringify(value) !== JSON.stringify(bound[name])) throw no(`${path}.${name}`, [`${path}.${name} is bound by the worker: leave it out`, `${path}.${name} 由 worker 绑定，请省略`]);
  }
}

/** That this call is allowed. */
export function callAllowed(env: Env, cloud: Cloud, operation: string, region: string, params: Params, path = "params"): void {
  const entry = find(env, cloud, operation);
  if (!entry) throw no(path === "params" ? "operation" : path, [`${operation} of ${cloud} is not allowed`, `不允许 ${cloud} 的 ${operation}`]);
  if (!entry.regions.includes(region)) throw no(path === "params" ? "at.region" : `${path}.from`, [`the region ${shown(region)} is not allowed for ${operation}`, `${operation} 不允许地域 ${shown(region)}`]);
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue;
    const pattern = Object.hasOwn(entry.params, name) ? whole(entry.params[name]!) : undefined;
    if (!pattern || !leaves(value).every((leaf) => pattern.test(String(leaf)))) throw no(`${path}.${name}`, [`this value of ${shown(name)} is not allowed for ${operation}`, `${operation} 不允许 ${shown(name)} 取此值`]);
  }
}

/** That every call of a plan is allowed. `rows` are those of its report. */
export function planAllowed(env: Env, plan: Plan, rows: readonly Row[]): void {
  for (const row of rows) {
    const [, kind, index, target] = /^(copies|exports)\[(\d+)\](?:\.to\[(\d+)\])?$/.exec(row.path) ?? [];
    const entry = (kind === "copies" ? plan.copies : plan.exports)?.[Number(index)] as Entry | undefined;
    if (!entry) throw no(row.path, ["this destination is not allowed", "不允许此目标"]);
    destination(env, row, entry, kind === "copies" ? ((entry.to as unknown[])[Number(target)] as Params | string) : {});
  }
}

function destination(env: Env, row: Row, entry: Entry, target: Params | string): void {
  const { cloud, path } = row;
  const calls = CALLS[cloud];
  const own: Params = typeof target === "string" ? {} : target;
  const allowed = ([operation, names]: readonly [string, Record<string, string>], region: string, values: Params, params: Params = {}) => {
    const told = Object.entries(names).map(([ours, theirs]) => [theirs, values[ours] ?? undefined]);
    callAllowed(env, cloud, operation, region, { ...Object.fromEntries(told), ...params }, path);
  };
  const params = { ...(entry.params as Params), ...(own.params as Params) };
  const description = own.description ?? entry.description;
  const after = { ...given(entry.after), ...given(own.after) };
  const chain = entry.chain || own.chain ? { ...given(entry.chain), ...given(own.chain) } : undefined;
  const isExport = path.startsWith("exports");
  const template = (own.name ?? entry.name ?? undefined) as string | undefined;
  // A name that is taken from the source is known when the source is: nothing can be said of it here.
  if (!isExport && template === undefined) throw no(`${path}.name`, ["give a name: one that is taken from the image cannot be held to the list", "请给出名称：取自镜像的名称无法按列表核对"]);
  const name = template === undefined ? undefined : rendered(template, row, `${path}.name`);
  allowed(isExport ? calls.export : calls.copy, row.from, { image: row.image, to: row.to, name, description }, params);
  if (!find(env, cloud, calls.list)?.regions.includes(row.to)) throw no(`${path}.to`, [`the region ${shown(row.to)} is not allowed for ${calls.list}`, `${calls.list} 不允许地域 ${shown(row.to)}`]);
  const renamed = after.rename === undefined ? undefined : rendered((after.rename as string).replaceAll("{name}", () => name ?? "{name}"), row, `${path}.after.rename`);
  const described = after.description ?? (calls.described ? description : undefined);
  if (renamed !== undefined || (described !== undefined && !isExport)) allowed(calls.describe, row.to, { rename: renamed, description: described });
  // As a list: whatever a tag is called, its key is the caller's.
  if (after.tags !== undefined) allowed(calls.tags, row.to, { tags: Object.entries(after.tags as Params) });
  if (after.share !== undefined) allowed(calls.share, row.to, { share: after.share });
  if (chain) {
    for (const region of new Set([row.from, row.to])) {
      allowed(calls.own, region, { image: region === row.from ? row.image : undefined, to: region, cmk_id: chain.cmk_id });
      if (chain.delete_intermediates) allowed(calls.delete, region, {});
    }
  }
}

/** The fields that are there. Null is none, so that of a destination hides nothing that its copy has. */
function given(record: unknown): Params {
  return Object.fromEntries(Object.entries((record ?? {}) as Params).filter(([, value]) => value !== null));
}

/** A name as it will be; what is only known later stands for itself, in its form. */
function rendered(template: string, { cloud, image, from, to }: Row, path: string): string {
  const known: Record<string, string> = { "{src}": image, "{from}": from, "{to}": to, "{cloud}": cloud, "{date}": new Date().toISOString().slice(0, 10), "{sha8}": "01234567" };
  return template.replace(/\{[a-z0-9]+\}/g, (holder) => {
    const value = known[holder];
    if (value === undefined) throw no(path, [`${holder} is only known when the image is: it cannot be held to the list`, `${holder} 要到读取镜像后才知道，无法按列表核对`]);
    return value;
  });
}

/** That something may be sent to the host of this address. */
export function hostAllowed(env: Env, cloud: Cloud, url: string): boolean {
  const { host, protocol, hostname } = new URL(url);
  if (protocol !== "https:" && hostname !== "127.0.0.1" && hostname !== "localhost") return false;
  return (env.CLOUDS?.[cloud]?.hosts ?? []).some((pattern) => whole(pattern).test(host));
}

/** What may be done, for a page to know beforehand. */
export function capabilities(env: Env) {
  return Object.fromEntries(
    CLOUDS.flatMap((cloud) => {
      const copy = find(env, cloud, CALLS[cloud].copy[0]);
      const list = find(env, cloud, CALLS[cloud].list);
      if (!copy && !list) return [];
      const names = copy?.params[CALLS[cloud].copy[1].name];
      return [[cloud, { from: copy?.regions ?? [], regions: list?.regions ?? [], names: names ?? null, settings: settings(env, cloud) ?? {} }]];
    }),
  );
}

const find = (env: Env, cloud: Cloud, operation: string): Allowed | undefined => (env.ALLOW ?? []).find((entry) => entry.cloud === cloud && entry.operation === operation);

const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`, "u");

function leaves(value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [value];
  // Keys of a record, such as those of tags, are chosen by the caller like its values.
  return Array.isArray(value) ? value.flatMap(leaves) : Object.entries(value).flatMap(([key, item]) => (isName(key) ? leaves(item) : [key, ...leaves(item)]));
}

/** Names that are the vendor's own, within records of a parameter. */
const isName = (key: string): boolean => ["Name", "Values", "TagKey", "TagValue", "Key", "Value", "key", "value"].includes(key);

const shown = (text: string): string => JSON.stringify(text.slice(0, 80));

function no(code: string, message: Said): Error {
  return refused(403, "permission", code, message, ["have the allow-list of the worker extended", "请扩充 worker 的允许列表"]);
}
