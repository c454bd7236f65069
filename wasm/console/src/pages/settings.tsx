import { useEffect, useState } from "preact/hooks";
import { troubleOf } from "../backend.js";
import type { Trouble } from "../backend.js";
import { edge } from "../edge.js";
import type { PageProps } from "../page.js";
import { Failed, Field } from "../parts.js";
import { t } from "../text.js";
import type { Word } from "../text.js";

const FAULTS = { lost_after: 0.15, throttle: 0.2, slow: 0.2, copy_fails: 0.2, http_500_after: 0.1 };

export default function Settings({ demo, choices, choose }: PageProps) {
  const [address, setAddress] = useState(choices.address);
  const [token, setToken] = useState(choices.token);
  const [mode, setMode] = useState(choices.mode);
  const [faults, setFaults] = useState<Record<string, number>>({});
  // What came of a button stands beside it.
  const [told, setTold] = useState<{ of: "mode" | "faults"; said?: string; trouble?: Trouble } | null>(null);
  useEffect(() => void demo?.faults().then(setFaults, (error) => setTold({ of: "faults", trouble: troubleOf(error) })), [demo]);
  const save = async () => {
    setTold(mode === "worker" ? { of: "mode", said: t("connecting") } : null);
    try {
      setTold({ of: "mode", said: mode === "worker" ? `${t("connected")} ${(await edge(address, token).about()).caller}` : t("saved") });
      choose({ mode, address, token });
    } catch (error) {
      setTold({ of: "mode", trouble: troubleOf(error) });
    }
  };
  const done = (work: Promise<unknown>) => void work.then(() => setTold({ of: "faults", said: t("saved") }), (error) => setTold({ of: "faults", trouble: troubleOf(error) }));
  const outcome = (of: "mode" | "faults") => <><p role="status">{told?.of === of && told.said}</p><Failed of={(told?.of === of && told.trouble) || null} /></>;
  return (
    <>
      <div class="title"><h1>{t("settings")}</h1></div>
      <form class="card column" noValidate onSubmit={(event) => (event.preventDefault(), void save())}>
        <fieldset>
          <legend>{t("mode")}</legend>
          {(["demo", "worker"] as const).map((one) => <label class="choice"><input type="radio" name="mode" checked={mode === one} onChange={() => setMode(one)} /> {t(one === "demo" ? "modeDemo" : "modeWorker")}</label>)}
        </fieldset>
        {mode === "worker" && (
          <>
            <Field label={t("address")}><input type="url" value={address} onInput={({ currentTarget }) => setAddress(currentTarget.value)} /></Field>
            <Field label={t("token")} hint={t("tokenHint")}><input type="password" autocomplete="off" value={token} onInput={({ currentTarget }) => setToken(currentTarget.value)} /></Field>
          </>
        )}
        <button class="primary">{t("save")}</button>
        {outcome("mode")}
      </form>
      <div class="card line column">
        <Field label={t("language")}><select value={choices.language} onChange={({ currentTarget }) => choose({ language: currentTarget.value as "en" })}><option value="en">English</option><option value="zh">中文</option></select></Field>
        <Field label={t("theme")}><select value={choices.theme} onChange={({ currentTarget }) => choose({ theme: currentTarget.value as "dark" })}>{(["system", "light", "dark"] as const).map((theme) => <option value={theme}>{t(theme)}</option>)}</select></Field>
      </div>
      {demo && mode === "demo" && (
        <div class="card column">
          <fieldset>
            <legend>{t("faults")}</legend>
            {Object.entries(FAULTS).map(([name, chance]) => (
              <label class="choice"><input type="checkbox" checked={name in faults} onChange={({ currentTarget }) => setFaults(currentTarget.checked ? { ...faults, [name]: chance } : Object.fromEntries(Object.entries(faults).filter(([other]) => other !== name)))} /> {t(`f_${name}` as Word)}</label>
            ))}
            <p class="hint"><small>{t("faultsHint")}</small></p>
            <p class="actions"><button type="button" onClick={() => done(demo.faults(faults))}>{t("apply")}</button><button type="button" onClick={() => done(demo.reset())}>{t("reset")}</button></p>
          </fieldset>
          {outcome("faults")}
        </div>
      )}
    </>
  );
}
