import { check, regions } from "imgferry";
import type { Cloud, Image, Plan, Problem } from "imgferry";
import { useEffect, useMemo, useState } from "preact/hooks";
import { troubleOf } from "../backend.js";
import type { About, Surveyed, Trouble } from "../backend.js";
import { CLOUDS, useModule } from "../core.js";
import type { PageProps } from "../page.js";
import { Copyable, Failed, Field, Problems, Status } from "../parts.js";
import { cloudName, cloudNames, isZh, label, t } from "../text.js";

/** A name as workers take them: it stands in addresses and commands. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

interface Draft {
  cloud: Cloud;
  from: string;
  image: string;
  to: string[];
  name: string;
  params: string;
}

const FIRST: Record<Cloud, Draft> = {
  tencent: { cloud: "tencent", from: "ap-guangzhou", image: "img-o3ycss2p", to: ["ap-shanghai", "ap-singapore"], name: "golden-{date}", params: "" },
  volcengine: { cloud: "volcengine", from: "cn-beijing", image: "image-4431h3l7hl31a0example", to: ["cn-shanghai"], name: "golden-{date}", params: "" },
  huawei: { cloud: "huawei", from: "cn-north-4", image: "465076de-dc36-4aec-80f5-ef9d8009428f", to: ["cn-south-1"], name: "golden-{date}", params: '{"agency_name": "ims_copy_image"}' },
};

/** Images of a listing that are shown beside the field: it completes the others as well. */
const SHOWN = 50;

/** `#/new/CLOUD/REGION/IMAGE` begins with that image. */
export default function New({ backend, demo, choices, path }: PageProps) {
  const ready = useModule();
  const [job, setJob] = useState(`nightly-${new Date().toISOString().slice(0, 16).replace(/\D/g, "")}`);
  const [drafts, setDrafts] = useState<Draft[]>([begun(path)]);
  const [busy, setBusy] = useState(false);
  const [about, setAbout] = useState<About | null>(null);
  const [survey, setSurvey] = useState<Surveyed | "looking" | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [yaml, setYaml] = useState("");
  useEffect(() => void backend.about().then(setAbout, (error) => setTrouble(troubleOf(error))), [backend]);
  const plan = useMemo(() => planOf(drafts), [drafts]);
  const own = useMemo(() => (ready ? [...unread(drafts), ...found(plan)] : []), [ready, plan]);
  const theirs = useAllowed(backend, demo === null && ready && !own.some(({ severity }) => severity === "error"), plan);
  const problems = [...own, ...theirs];
  const told = problems.filter(({ severity }) => severity !== "note");
  const broken = problems.filter(({ severity }) => severity === "error");
  useEffect(() => void import("yaml").then(({ stringify }) => setYaml(stringify(plan))), [plan]);
  const set = (at: number, change: Partial<Draft>) => (setSurvey(null), setDrafts(drafts.map((draft, index) => (index === at ? { ...draft, ...change } : draft))));
  const look = () => (setSurvey("looking"), void backend.survey(plan).then((told) => (setSurvey(told), setTrouble(null)), (error) => (setSurvey(null), setTrouble(troubleOf(error)))));
  const launch = () => (setBusy(true), void backend.create(job, plan).then(() => (location.hash = `#/job/${encodeURIComponent(job)}`), (error) => (setBusy(false), setTrouble(troubleOf(error)))));
  const isNamed = NAME.test(job);
  if (!ready) return <p role="status">{t("loading")}</p>;
  const address = choices.mode === "worker" ? choices.address : "http://127.0.0.1:8787";
  return (
    <>
      <div class="title"><h1>{t("new")}</h1></div>
      <div class="two">
        <div>
          <Field label={t("name")}><input value={job} required aria-invalid={!isNamed} onInput={({ currentTarget }) => setJob(currentTarget.value)} /></Field>
          {!isNamed && <Problems of={[{ severity: "error", path: "", message: `${job.trim() || "the name"} is no name of a replication; take letters, digits and . _ -, at most 100, a letter or digit first`, messageZh: `${job.trim() || "名称"} 不能作为任务名称；请使用字母、数字和 . _ -，不超过 100 个字符，以字母或数字开头` }]} />}
          {drafts.map((draft, at) => <Source key={at} at={at} draft={draft} about={about} backend={backend} problems={problems.filter(({ path }) => path.startsWith(`copies[${at}]`))} set={(change) => set(at, change)} remove={drafts.length > 1 ? () => setDrafts(drafts.filter((_, index) => index !== at)) : undefined} />)}
          <button type="button" onClick={() => setDrafts([...drafts, FIRST[CLOUDS[drafts.length % 3]!]])}>{t("add")}</button>
        </div>
        <div class="beside">
          <section class="card" aria-live="polite"><h2>{t("check")}{broken.length > 0 && <b class="count">{broken.length}</b>}</h2>
            {broken.length === 0 && <p class="status good">✓ {t("clean")}</p>}
            {told.length > 0 && <div class="tall" tabIndex={0} role="group" aria-label={t("check")}><Problems of={told} where={(path) => placeOf(path, drafts)} /></div>}
          </section>
          <Failed of={trouble} />
          <section class="card">
            <p><strong>{label("summary")}</strong>{amount(drafts)} · {cloudNames([...new Set(drafts.map(({ cloud }) => cloud))])}</p>
            <p class="hint">{t("perhaps")}</p>
            <p class="actions"><button type="button" disabled={broken.length > 0 || survey === "looking"} onClick={look}>{survey === "looking" ? t("surveying") : t("survey")}</button> <button type="button" class="primary" disabled={broken.length > 0 || !isNamed || busy} onClick={launch}>{busy ? t("starting") : t("launch")}</button></p>
          </section>
          {survey && survey !== "looking" && <Diff of={survey} />}
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

function Source({ at, draft, about, backend, problems, set, remove }: { at: number; draft: Draft; about: About | null; backend: PageProps["backend"]; problems: Problem[]; set: (change: Partial<Draft>) => void; remove: (() => void) | undefined }) {
  const { cloud, from, image, to, name, params } = draft;
  const [listed, setListed] = useState<Image[] | "looking" | null>(null);
  const images = Array.isArray(listed) ? listed : [];
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const allowed = about?.clouds?.[cloud];
  const known = regions(cloud).filter(({ id }) => !about?.clouds || allowed?.regions.includes(id));
  const others = known.filter(({ id }) => id !== from);
  const sources = regions(cloud).filter(({ id }) => !about?.clouds || allowed?.from.includes(id));
  const list = () => (setListed("looking"), void backend.images(cloud, from).then(({ images }) => (setListed(images), setTrouble(null)), (error) => (setListed(null), setTrouble(troubleOf(error)))));
  /** What is wrong with a field: once, however many destinations it concerns. */
  const of = (field: string) => [...new Map(problems.filter(({ severity, path }) => severity !== "note" && fieldOf(path) === field).map((problem) => [problem.message, problem])).values()];
  const beside = (field: string) => (of(field).length > 0 ? <Problems of={of(field)} where={() => ""} /> : null);
  return (
    <fieldset class="card">
      <legend>{t("image")} {at + 1}</legend>
      <div class="line">
        <Field label={t("cloud")}><select value={cloud} onChange={({ currentTarget }) => (setListed(null), set(FIRST[currentTarget.value as Cloud]))}>{CLOUDS.filter((cloud) => !about?.clouds || about.clouds[cloud]).map((cloud) => <option value={cloud}>{cloudName(cloud)}</option>)}</select></Field>
        <Field label={t("source")}><select value={from} onChange={({ currentTarget }) => (setListed(null), set({ from: currentTarget.value, to: to.filter((region) => region !== currentTarget.value) }))}>{sources.map(({ id, name, nameZh }) => <option value={id}>{id} · {isZh() ? nameZh : name}</option>)}</select></Field>
      </div>
      <div class="line">
        <Field label={t("image")}><input value={image} list={`images-${at}`} spellcheck={false} aria-invalid={of("image").length > 0} onInput={({ currentTarget }) => set({ image: currentTarget.value })} /></Field>
        <datalist id={`images-${at}`}>{images.map(({ id, name }) => <option value={id}>{name}</option>)}</datalist>
        <button type="button" onClick={list}>{t(listed === "looking" ? "surveying" : "list")}</button>
      </div>
      {listed !== null && listed !== "looking" && images.length === 0 && <p class="hint" role="status">{t("noImages")}</p>}
      {images.length > 0 && (
        <ul class="pick" aria-label={t("pick")}>
          {images.slice(0, SHOWN).map(({ id, name, state }) => <li><button type="button" aria-pressed={id === image} onClick={() => set({ image: id })}><span>{name}</span> <code>{id}</code> <Status of={state} /></button></li>)}
          {images.length > SHOWN && <li class="rest"><a href={`#/images/${cloud}/${from}`}>{t("lookThere")}</a></li>}
        </ul>
      )}
      <Failed of={trouble} />
      {beside("image")}
      <fieldset class="matrix"><legend>{t("destinations")} <small class="number">{to.length} {t("chosen")}</small></legend>
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

function begun([, cloud, from, image]: string[]): Draft {
  const first = FIRST[CLOUDS.find((known) => known === cloud) ?? "tencent"];
  return from && image ? { ...first, from, image, to: first.to.filter((region) => region !== from) } : first;
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
