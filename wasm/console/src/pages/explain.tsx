import { Job, diagnose } from "imgferry";
import type { Diagnosis, Evidence, Report } from "imgferry";
import { init, investigate } from "imgferry/explain";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Trouble, unloaded } from "../backend.js";
import { CLOUDS, thrown, useModule, whyOf } from "../core.js";
import type { PageProps } from "../page.js";
import { Copyable, Failed, Field, Status, ago } from "../parts.js";
import { cloudName, isZh, label, t } from "../text.js";

type Told = { found: Evidence } | { refused: Diagnosis } | { journal: Report };

/** As each cloud answers. */
const EXAMPLES = {
  tencent: '{"Response": {"Error": {"Code": "AuthFailure.SignatureExpire", "Message": "The signature has expired"}, "RequestId": "3c140219-cfe9-470e-b241-907877d6fb03"}}',
  volcengine: '{"ResponseMetadata": {"RequestId": "20260102030405ABCDEF", "Error": {"Code": "LimitExceeded.MaximumImageCount", "Message": "The image count exceeds the limit"}}}',
  huawei: '{"error_code": "IMG.0015", "error_msg": "The number of private images exceeds the quota"}',
};

export default function Explain(_: PageProps) {
  const [loaded, setLoaded] = useState(false);
  const { ready, missing } = useModule();
  const [text, setText] = useState("");
  const [told, setTold] = useState<Told | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  useEffect(() => void init().then(() => setLoaded(true), (error) => setTrouble(unloaded(error))), []);
  const [isBusy, setBusy] = useState(false);
  const go = () => {
    setTold(null);
    setTrouble(null);
    setBusy(true);
    // Megabytes take seconds: that is said before they are read.
    setTimeout(() => {
      try {
        setTold(explained(text.trim()));
      } catch (error) {
        setTrouble(thrown(error));
      }
      setBusy(false);
    }, 30);
  };
  const absent = missing ?? (loaded ? null : trouble);
  if (absent) return <Failed of={absent} />;
  if (!ready || !loaded) return <p role="status">{t("loading")}</p>;
  return (
    <>
      <div class="title"><h1>{t("explain")}</h1></div>
      <p class="hint">{t("explainHint")}</p>
      <form class="column" onSubmit={(event) => (event.preventDefault(), go())}>
        <Field label={t("what")}><textarea rows={7} value={text} spellcheck={false} onInput={({ currentTarget }) => setText(currentTarget.value)} /></Field>
        <p class="actions"><button class="primary" disabled={isBusy || text.trim() === ""}>{t("explainGo")}</button> {text === "" && CLOUDS.map((cloud) => <button type="button" onClick={() => setText(EXAMPLES[cloud])}>{label("example")}{cloudName(cloud)}</button>)}</p>
      </form>
      <div class="column" aria-live="polite">
        {isBusy && <p role="status">{t("loading")}</p>}
        <Failed of={trouble} />
        {told && "found" in told && <Found of={told.found} />}
        {told && "refused" in told && <Causes title={t("refusedRequest")} of={[told.refused]} />}
        {told && "journal" in told && (
          <section class="card"><h2>{t("journalOf")}</h2><p class="counts">{Object.entries(told.journal.counts).map(([word, count]) => <span><Status of={word} /> <b>{count}</b></span>)}</p>
            <ul>{some(told.journal.rows.filter(({ error }) => error), (row) => <li><b>{row.to}</b> {whyOf(row.cloud, row.error!)} — {isZh() ? row.error!.hintZh : row.error!.hint}</li>, (rest) => <li>{rest}</li>)}</ul>
          </section>
        )}
      </div>
    </>
  );
}

/** The first of them, and how many more there are: a log has thousands, which nobody reads and no page bears. */
function some<T>(of: readonly T[], draw: (one: T) => ComponentChildren, more: (rest: string) => ComponentChildren = (rest) => <p>{rest}</p>): ComponentChildren {
  return [...of.slice(0, SHOWN).map(draw), of.length > SHOWN && more(`${label("others")}${of.length - SHOWN}`)];
}
const SHOWN = 50;

const Found = ({ of: { requests, refusals } }: { of: Evidence }) => (
  <>
    {some(requests, ({ cloud, method, host, operation, causes }) => <Causes title={`${label("refusedRequest")}${cloudName(cloud)} ${operation ?? method} ${host}`} of={causes} />)}
    {some(refusals, (one) => (
      <section class="card">
        <h2><code>{one.code}</code> {cloudName(one.cloud)}{one.operation && ` · ${one.operation}`}</h2>
        <dl>
          <dt>{t("cause")}</dt><dd><strong>{isZh() ? one.causeZh : one.cause}</strong></dd>
          <dt>{t("next")}</dt><dd>{isZh() ? one.nextZh : one.next}</dd>
          <dt>{t("again")}</dt><dd>{isZh() ? one.againZh : one.again}{one.waitMs !== null && ` (${t("seconds")} ${ago(one.waitMs)})`}</dd>
          <dt>{t("owner")}</dt><dd>{t(`o_${one.owner}`)}</dd>
          {one.message && <><dt>{t("message")}</dt><dd>{one.message}</dd></>}
          {one.requestId && <><dt>{t("requestIds")}</dt><dd><code>{one.requestId}</code></dd></>}
        </dl>
        {one.command && <Copyable title={t("command2")} text={one.command} />}
      </section>
    ))}
  </>
);

const Causes = ({ title, of }: { title: string; of: readonly Diagnosis[] }) => (
  <section class="card"><h2>{title}</h2>{of.map((one) => <dl><dt>{t("cause")}</dt><dd><strong>{isZh() ? one.causeZh : one.cause}</strong></dd><dt>{t("next")}</dt><dd>{isZh() ? one.fixZh : one.fix}</dd></dl>)}</section>
);

/** A journal whose last line may be cut off; what ends it is lost where a text is marked and copied. */
function takenUp(text: string): { job: Job } {
  try {
    return Job.restore(`${text}\n`, Date.now());
  } catch (error) {
    if (!text.includes("\n")) throw error;
    return Job.restore(text, Date.now());
  }
}

/** A journal begins with the checksum of its first line, a canonical request with a method on a line of its own; the core reads all else. */
function explained(text: string): Told {
  if (/^[0-9a-f]{8} \{/.test(text)) {
    const { job } = takenUp(text);
    try {
      return { journal: job.report() };
    } finally {
      job.free();
    }
  }
  if (/^(GET|POST|PUT|DELETE)\n/.test(text)) {
    const [ours, ...theirs] = text.split(/\n\s*\n(?=\{|<)/);
    return { refused: diagnose(ours!, theirs.join("\n")) };
  }
  const found = investigate(text);
  if (!found.known) throw new Trouble({ message: t("unknown"), messageZh: t("unknown"), hint: t("unknownHint"), hintZh: t("unknownHint") });
  return { found };
}
