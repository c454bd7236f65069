import { Job, diagnose, explain } from "imgferry";
import type { Cloud, Diagnosis, Explanation, Report } from "imgferry";
import { useState } from "preact/hooks";
import { troubleOf } from "../backend.js";
import type { Trouble } from "../backend.js";
import { CLOUDS, useModule } from "../core.js";
import type { PageProps } from "../page.js";
import { Failed, Field, Status } from "../parts.js";
import { isZh, t } from "../text.js";

type Told = { code: Explanation } | { refused: Diagnosis } | { journal: Report };

/** As each cloud answers. */
const EXAMPLES: Record<Cloud, string> = {
  tencent: '{"Response": {"Error": {"Code": "AuthFailure.SignatureExpire", "Message": "The signature has expired"}, "RequestId": "3c140219-cfe9-470e-b241-907877d6fb03"}}',
  volcengine: '{"ResponseMetadata": {"RequestId": "20260102030405ABCDEF", "Error": {"Code": "LimitExceeded.MaximumImageCount", "Message": "The image count exceeds the limit"}}}',
  huawei: '{"error_code": "IMG.0015", "error_msg": "The number of private images exceeds the quota"}',
};

export default function Explain(_: PageProps) {
  const ready = useModule();
  const [cloud, setCloud] = useState<Cloud>("tencent");
  const [text, setText] = useState("");
  const [told, setTold] = useState<Told | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const go = () => {
    setTold(null);
    try {
      setTold(explained(cloud, text.trim()));
      setTrouble(null);
    } catch (error) {
      setTrouble(troubleOf(error));
    }
  };
  if (!ready) return <p role="status">{t("loading")}</p>;
  return (
    <>
      <div class="title"><h1>{t("explain")}</h1></div>
      <p>{t("explainHint")}</p>
      <form onSubmit={(event) => (event.preventDefault(), go())}>
        <Field label={t("cloud")}><select value={cloud} onChange={({ currentTarget }) => setCloud(currentTarget.value as Cloud)}>{CLOUDS.map((cloud) => <option>{cloud}</option>)}</select></Field>
        <Field label={t("what")}><textarea rows={7} value={text} spellcheck={false} onInput={({ currentTarget }) => setText(currentTarget.value)} /></Field>
        <button class="primary" disabled={text.trim() === ""}>{t("explainGo")}</button> {text === "" && <button type="button" onClick={() => setText(EXAMPLES[cloud])}>{t("example")}</button>}
      </form>
      <Failed of={trouble} />
      <div aria-live="polite">
        {told && "code" in told && (
          <dl class="card">
            <dt>{t("code")}</dt><dd><code>{told.code.code}</code></dd><dt>{t("kind")}</dt><dd>{told.code.kind}</dd><dt>{t("owner")}</dt><dd>{told.code.owner in { account: 1, caller: 1 } ? t(told.code.owner as "account") : t("cloud")}</dd>
            <dt>{t("retry")}</dt><dd>{told.code.retry}</dd><dt>{t("cause")}</dt><dd>{isZh() ? told.code.causeZh : told.code.cause}</dd><dt>{t("next")}</dt><dd>{isZh() ? told.code.nextZh : told.code.next}</dd>
          </dl>
        )}
        {told && "refused" in told && <dl class="card"><dt>{t("cause")}</dt><dd>{isZh() ? told.refused.causeZh : told.refused.cause}</dd><dt>{t("next")}</dt><dd>{isZh() ? told.refused.fixZh : told.refused.fix}</dd></dl>}
        {told && "journal" in told && (
          <section class="card"><h2>{t("journalOf")}</h2><p class="counts">{Object.entries(told.journal.counts).map(([word, count]) => <span><Status of={word} /> <b>{count}</b></span>)}</p>
            <ul>{told.journal.rows.filter(({ error }) => error).slice(0, 50).map((row) => <li><b>{row.to}</b> {row.error!.message} — {isZh() ? row.error!.hintZh : row.error!.hint}</li>)}</ul>
          </section>
        )}
      </div>
    </>
  );
}

/** A journal begins with the checksum of its first line, a canonical request with a method on a line of its own; all else is an error. */
function explained(cloud: Cloud, text: string): Told {
  if (/^[0-9a-f]{8} \{/.test(text)) {
    const { job } = Job.restore(`${text}\n`, Date.now());
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
  const { code, message } = codeOf(text);
  return { code: explain(cloud, code, undefined, message) };
}

/** The code in an answer of any of the three clouds, or the text itself. */
function codeOf(text: string): { code: string; message: string } {
  try {
    const answer = JSON.parse(text);
    const error = answer.Response?.Error ?? answer.ResponseMetadata?.Error ?? answer.error ?? answer;
    return { code: String(error.Code ?? error.code ?? error.error_code ?? answer.error_code), message: String(error.Message ?? error.message ?? error.error_msg ?? answer.error_msg ?? "") };
  } catch {
    return { code: /[A-Z][A-Za-z]+(?:\.[A-Za-z]+)+|[A-Z]+\.\d{4}/.exec(text)?.[0] ?? text.slice(0, 200), message: text.slice(0, 2000) };
  }
}
