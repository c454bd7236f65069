import { check, regions } from "imgferry";
import type { Cloud, Image, Plan, Problem } from "imgferry";
import { useEffect, useMemo, useState } from "preact/hooks";
import { troubleOf, unloaded } from "../backend.js";
import type { About, Surveyed, Trouble } from "../backend.js";
import { CLOUDS, useModule } from "../core.js";
import type { PageProps } from "../page.js";
import { Copyable, Failed, Field, Places, Problems, Status, useGoing, useKept, useLatest } from "../parts.js";
import { cloudName, cloudNames, isZh, label, t } from "../text.js";

/** A name as workers take them: it stands in addresses and commands. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

interface Draft {
  /** Tells it from the others, whichever is removed. */
  key: number;
  cloud: Cloud;
  from: string;
  image: string;
  to: string[];
  name: string;
  params: string;
}

const FIRST: Record<Cloud, Omit<Draft, "key">> = {
  tencent: { cloud: "tencent", from: "ap-guangzhou", image: "img-o3ycss2p", to: ["ap-shanghai", "ap-singapore"], name: "golden-{date}", params: "" },
  volcengine: { cloud: "volcengine", from: "cn-beijing", image: "image-4431h3l7hl31a0example", to: ["cn-shanghai"], name: "golden-{date}", params: "" },
  huawei: { cloud: "huawei", from: "cn-north-4", image: "465076de-dc36-4aec-80f5-ef9d8009428f", to: ["cn-south-1"], name: "golden-{date}", params: '{"agency_name": "ims_copy_image"}' },
};

/** Images of a listing that are shown beside the field: it completes the others as well. */
const SHOWN = 50;

/** `#/new/CLOUD/REGION/IMAGE` begins with that image. */
export default function New(given: PageProps) {
  const { ready, missing } = useModule();
  const [about, setAbout] = useState<{ told?: About; trouble?: Trouble } | null>(null);
  useEffect(() => void given.backend.about().then((told) => setAbout({ told }), (error) => setAbout({ trouble: troubleOf(error) })), [given.backend]);
  if (missing) return <Failed of={missing} />;
  return ready && about ? <Form {...given} about={about.told ?? null} unknown={about.trouble ?? null} /> : <p role="status">{t("loading")}</p>;
}

function Form({ backend, demo, choices, path, about, unknown }: PageProps & { about: About | null; unknown: Trouble | null }) {
  const clouds = CLOUDS.filter((cloud) => !about?.clouds || about.clouds[cloud]);
  const begin = (cloud: Cloud): Draft => allowedOf(demo ? FIRST[cloud] : { ...FIRST[cloud], image: "" }, about);
  const [{ job, drafts }, keep, drop, isKept] = useKept(`imgferry-new ${choices.mode} ${path.join("/")}`, () => ({
    job: `nightly-${new Date().toISOString().slice(0, 16).replace(/\D/g, "")}`, drafts: [begun(path, about) ?? begin(clouds[0] ?? "tencent")],
  }));
  const setJob = (job: string) => keep({ job, drafts });
  const setDrafts = (drafts: Draft[]) => (setSurvey(null), keep({ job, drafts }));
  const [busy, setBusy] = useState(false);
  const [survey, setSurvey, isLooking, unsurveyed] = useLatest<Surveyed>();
  const [trouble, setTrouble] = useState<Trouble | null>(unknown);
  const [yaml, setYaml] = useState("");
  const goTo = useGoing();
  const plan = useMemo(() => planOf(drafts), [drafts]);
  const own = useMemo(() => [...unread(drafts), ...found(plan)], [plan]);
  const theirs = useAllowed(backend, demo === null && !own.some(({ severity }) => severity === "error"), plan);
  const problems = [...own, ...theirs];
  const told = problems.filter(({ severity }) => severity !== "note");
  const broken = problems.filter(({ severity }) => severity === "error");
  useEffect(() => void yamlOf(plan).then(setYaml, (error) => setTrouble(unloaded(error))), [plan]);
  const set = (at: number, change: Partial<Draft>) => setDrafts(drafts.map((draft, index) => (index === at ? { ...draft, ...change } : draft)));
  const launch = () => (setBusy(true), void backend.create(job, plan).then(() => (drop(), goTo(`#/job/${encodeURIComponent(job)}`)), (error) => (setBusy(false), setTrouble(troubleOf(error)))));
  const isNamed = NAME.test(job);
  const address = choices.mode === "worker" ? choices.address : "http://127.0.0.1:8787";
  return (
    <>
      <div class="title"><h1>{t("new")}</h1>{isKept && <button type="button" onClick={() => (setSurvey(null), drop())}>{t("reset")}</button>}</div>
      <div class="two">
        <div>
          <Field label={t("name")}><input value={job} required aria-invalid={!isNamed} onInput={({ currentTarget }) => setJob(currentTarget.value)} /></Field>
          {!isNamed && <Problems of={[{ severity: "error", path: "", message: `${job.trim() || "the name"} is no name of a replication; take letters, digits and . _ -, at most 100, a letter or digit first`, messageZh: `${job.trim() || "名称"} 不能作为任务名称；请使用字母、数字和 . _ -，不超过 100 个字符，以字母或数字开头` }]} />}
          {drafts.map((draft, at) => <Source key={draft.key} at={at} draft={draft} about={about} begin={begin} backend={backend} problems={problems.filter(({ path }) => path.startsWith(`copies[${at}]`))} set={(change) => set(at, change)} remove={drafts.length > 1 ? () => setDrafts(drafts.filter((_, index) => index !== at)) : undefined} />)}
          <button type="button" onClick={() => setDrafts([...drafts, begin(clouds[drafts.length % clouds.length] ?? "tencent")])}>{t("add")}</button>
        </div>
        <div class="beside">
          <section class="card" aria-live="polite"><h2>{t("check")}{broken.length > 0 && <b class="count">{broken.length}</b>}</h2>
            {broken.length === 0 && <p class="status good">✓ {t("clean")}</p>}
            {told.length > 0 && <div class="tall" tabIndex={0} role="group" aria-label={t("check")}><Problems of={told} where={(path) => placeOf(path, drafts)} /></div>}
          </section>
          <Failed of={trouble ?? unsurveyed} />
          <section class="card">
            <p><strong>{label("summary")}</strong>{amount(drafts)} · {cloudNames([...new Set(drafts.map(({ cloud }) => cloud))])}</p>
            <p class="hint">{t("perhaps")}</p>
            <p class="actions"><button type="button" disabled={broken.length > 0 || isLooking} onClick={() => setSurvey(backend.survey(plan))}>{isLooking ? t("surveying") : t("survey")}</button> <button type="button" class="primary" disabled={broken.length > 0 || !isNamed || busy} onClick={launch}>{busy ? t("starting") : t("launch")}</button></p>
          </section>
          {survey && <Diff of={survey} />}
          <Copyable title={t("yaml")} text={yaml} />
          <Copyable title={t("command")} text={`imgferry check plan.yaml\nimgferry plan plan.yaml\nimgferry copy plan.yaml --journal ${job}.journal`} />
          <Copyable title={t("curl")} text={`curl -X PUT ${address.replace(/\/$/, "")}/jobs/${job} \\\n  -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\\n  --data '${JSON.stringify(plan).replaceAll("'", "'\\''")}'`} />
        </div>
      </div>
    </>
  );
}

/** What the worker finds in a plan that breaks no rule: what it does not allow. It is asked when nobody has typed for a while. */
function useAllowed(backend: PageProps["backend"], isAsked: boolean, plan: Plan): Problem[] {
  const [told, setTold] = useState<Problem[]>([]);
  useEffect(() => {
    setTold((told) => (told.length > 0 ? [] : told));
    let isOver = false;
    const timer = isAsked ? setTimeout(() => void backend.check(plan).then((problems) => isOver || setTold(problems.filter(({ rule }) => rule === "worker.allow")), () => {}), 600) : undefined;
    return () => ((isOver = true), clearTimeout(timer));
  }, [backend, isAsked, plan]);
  return told;
}

function Source({ at, draft, about, begin, backend, problems, set, remove }: { at: number; draft: Draft; about: About | null; begin: (cloud: Cloud) => Draft; backend: PageProps["backend"]; problems: Problem[]; set: (change: Partial<Draft>) => void; remove: (() => void) | undefined }) {
  const { cloud, from, image, to, name, params } = draft;
  const [listed, setListed, isListing, trouble] = useLatest<{ images: Image[] }>();
  const images = listed?.images ?? [];
  const allowed = about?.clouds?.[cloud];
  const known = regions(cloud).filter(({ id }) => !about?.clouds || allowed?.regions.includes(id));
  // What is chosen stands there to be taken back, whoever lists it.
  const others = [...known.filter(({ id }) => id !== from), ...to.filter((region) => !known.some(({ id }) => id === region)).map((id) => ({ id, name: "", nameZh: "" }))];
  const sources = regions(cloud).filter(({ id }) => !about?.clouds || allowed?.from.includes(id));
  /** What is wrong with a field: once, however many destinations it concerns. */
  const of = (field: string) => [...new Map(problems.filter(({ severity, path }) => severity !== "note" && fieldOf(path) === field).map((problem) => [problem.message, problem])).values()];
  const beside = (field: string) => (of(field).length > 0 ? <Problems of={of(field)} where={() => ""} /> : null);
  return (
    <fieldset class="card">
      <legend>{t("image")} {at + 1}</legend>
      <div class="line">
        <Field label={t("cloud")}><select value={cloud} onChange={({ currentTarget }) => (setListed(null), set(begin(currentTarget.value as Cloud)))}>{CLOUDS.filter((one) => one === cloud || !about?.clouds || about.clouds[one]).map((cloud) => <option value={cloud}>{cloudName(cloud)}</option>)}</select></Field>
        <Field label={t("source")}><select value={from} onChange={({ currentTarget }) => (setListed(null), set({ from: currentTarget.value, to: to.filter((region) => region !== currentTarget.value) }))}><Places of={sources} chosen={from} /></select></Field>
      </div>
      <div class="line">
        <Field label={t("image")}><input value={image} placeholder={FIRST[cloud].image} list={`images-${at}`} spellcheck={false} aria-invalid={of("image").length > 0} onInput={({ currentTarget }) => set({ image: currentTarget.value })} /></Field>
        <datalist id={`images-${at}`}>{images.map(({ id, name }) => <option value={id}>{name}</option>)}</datalist>
        <button type="button" onClick={() => setListed(backend.images(cloud, from))}>{t(isListing ? "surveying" : "list")}</button>
      </div>
      {listed && images.length === 0 && <p class="hint" role="status">{t("noImages")}</p>}
      {images.length > 0 && (
        <ul class="pick" aria-label={t("pick")}>
          {images.slice(0, SHOWN).map(({ id, name, state }) => <li><button type="button" aria-pressed={id === image} onClick={() => set({ image: id })}><span>{name}</span> <code>{id}</code> <Status of={state} /></button></li>)}
          {images.length > SHOWN && <li class="rest"><a href={`#/images/${cloud}/${from}`}>{t("lookThere")}</a></li>}
        </ul>
      )}
      <Failed of={trouble} />
      {beside("image")}
      <fieldset class="matrix"><legend>{t("destinations")} <small class="number">{isZh() ? `${t("chosen")} ${to.length}` : `${to.length} ${t("chosen")}`}</small></legend>
        <p class="actions whole"><button type="button" class="small" onClick={() => set({ to: others.map(({ id }) => id) })}>{t("chooseAll")}</button><button type="button" class="small" disabled={to.length === 0} onClick={() => set({ to: [] })}>{t("chooseNone")}</button></p>
        {others.map(({ id, name, nameZh }) => <label class="choice"><input type="checkbox" checked={to.includes(id)} onChange={({ currentTarget }) => set({ to: currentTarget.checked ? [...to, id] : to.filter((region) => region !== id) })} /> {id} <small title={isZh() ? nameZh : name}>{isZh() ? nameZh : name}</small></label>)}
      </fieldset>
      {beside("to")}
      <Field label={t("copyName")} hint={`${label("holders")}{name} {src} {from} {to} {cloud} {date} {sha8}${allowed?.names ? ` · ${label("namesTaken")}${allowed.names}` : ""}`}><input value={name} spellcheck={false} aria-invalid={of("name").length > 0} onInput={({ currentTarget }) => set({ name: currentTarget.value })} /></Field>
      {beside("name")}
      <Field label={t("params")}><input value={params} spellcheck={false} placeholder='{"DryRun": true}' onInput={({ currentTarget }) => set({ params: currentTarget.value })} /></Field>
      {beside("params")}
      {remove && <button type="button" onClick={remove}>{t("remove")}</button>}
    </fieldset>
  );
}

function Diff({ of }: { of: Surveyed }) {
  return (
    <section class="card" aria-live="polite">
      <h2>{t("diff")}</h2>
      <p class="counts">{Object.entries(of.counts).map(([word, count]) => <span><Status of={word} /> <b>{count}</b></span>)}{of.extra.length > 0 && <span>{t("extra")} <b>{of.extra.length}</b></span>}</p>
      <ul class="diff">
        {of.rows.map((row) => <li class={row.state}><b aria-hidden="true">{row.state === "present" ? "=" : row.state === "missing" ? "+" : "!"}</b> <Status of={row.state} /> <span>{row.to}</span> <span>{row.name}</span> {row.imageId && <code>{row.imageId}</code>} {row.error && <small>{isZh() ? row.error.hintZh : row.error.hint}</small>}</li>)}
        {of.extra.map((extra) => <li class="extra"><b aria-hidden="true">−</b> <Status of="extra" /> <span>{extra.region}</span> <span>{extra.name}</span> <code>{extra.imageId}</code></li>)}
      </ul>
    </section>
  );
}

function begun([, cloud, from, image]: string[], about: About | null): Draft | null {
  const known = CLOUDS.find((known) => known === cloud);
  if (!known || !from || !image) return null;
  const first = allowedOf(FIRST[known], about);
  return { ...first, from, image, to: first.to.filter((region) => region !== from) };
}

/** A draft within what the worker allows. */
function allowedOf(first: Omit<Draft, "key">, about: About | null): Draft {
  const { from, regions } = about?.clouds?.[first.cloud] ?? { from: [first.from], regions: first.to };
  return { ...first, key: Math.random(), from: from.includes(first.from) ? first.from : (from[0] ?? first.from), to: first.to.filter((region) => regions.includes(region)) };
}

/** The field that a finding belongs to, by the last word of its path. */
function fieldOf(path: string): "image" | "to" | "name" | "params" {
  const last = path.replace(/(\[\d+\])+$/, "").split(".").at(-1)!;
  if (/^(image|ImageIds?|image_id)$/.test(last)) return "image";
  if (/^(to|from|region|Region|DestinationRegions?)$/.test(last)) return "to";
  return /^(name|ImageName)$/.test(last) ? "name" : "params";
}

/** Where a finding stands, in words: `copies[0].to[1].ImageName` is image 1, its second region, and the cloud's own name of the field. */
function placeOf(path: string, drafts: readonly Draft[]): string {
  const [, copy, , to, rest] = /^copies\[(\d+)\](\.to\[(\d+)\])?\.?(.*)$/.exec(path) ?? [];
  if (copy === undefined) return path;
  return [`${t("image")} ${Number(copy) + 1}`, to !== undefined && drafts[Number(copy)]?.to[Number(to)], rest].filter(Boolean).join(" · ");
}

function planOf(drafts: readonly Draft[]): Plan {
  return { copies: drafts.map(({ cloud, image, from, to, name, params }) => ({ cloud, image, from, to, ...(name ? { name } : {}), ...paramsOf(params) })) };
}

/** As YAML that its readers of every version take for the same plan: a text that is more than words stands in quotes, on one line. */
async function yamlOf(plan: Plan): Promise<string> {
  const { Document, visit } = await import("yaml");
  const document = new Document(plan, { version: "1.1" });
  visit(document, { Scalar: (_, text) => void (typeof text.value === "string" && !/^[a-z][\w .{}-]*$/i.test(text.value) && (text.type = "QUOTE_DOUBLE")) });
  return document.toString({ lineWidth: 0 }).replace(/[\x7f-\x9f\u2028\u2029\ufeff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** What cannot be read is left out, and told by {@link unread}: what else is wrong is told beside it. */
function paramsOf(text: string): { params?: Record<string, unknown> } {
  try {
    return text.trim() === "" ? {} : { params: JSON.parse(text) };
  } catch {
    return {};
  }
}

function unread(drafts: readonly Draft[]): Problem[] {
  return drafts.flatMap(({ params }, at) => (params.trim() === "" || paramsOf(params).params !== undefined ? [] : [{ rule: "plan", path: `copies[${at}].params`, severity: "error", message: NO_JSON.en, messageZh: NO_JSON.zh, vendorCode: null } as const]));
}

const NO_JSON = { en: "these parameters are no JSON; write them as a record, like {\"DryRun\": true}", zh: "这些参数不是 JSON，请写成对象，例如 {\"DryRun\": true}" };

/** How much a plan carries where. */
function amount(drafts: readonly Draft[]): string {
  const to = drafts.reduce((sum, { to }) => sum + to.length, 0);
  const many = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;
  return isZh() ? `${drafts.length} 个镜像，${to} 个目标地域` : `${many(drafts.length, "image")} to ${many(to, "destination")}`;
}

function found(plan: Plan): Problem[] {
  try {
    return check(plan);
  } catch (error) {
    const { problems, message, messageZh } = troubleOf(error);
    return problems.length > 0 ? [...problems] : [{ rule: "plan", path: "plan", severity: "error", message, messageZh, vendorCode: null }];
  }
}
