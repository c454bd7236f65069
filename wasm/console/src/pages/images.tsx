import { regions } from "imgferry";
import type { Cloud, Image } from "imgferry";
import { useEffect, useState } from "preact/hooks";
import { troubleOf } from "../backend.js";
import type { About, Trouble } from "../backend.js";
import type { PageProps } from "../page.js";
import { Failed, Field, Places, Rows, Status } from "../parts.js";
import { cloudName, label, t } from "../text.js";
import { CLOUDS, useModule } from "../core.js";

const FIRST: Record<Cloud, string> = { tencent: "ap-guangzhou", volcengine: "cn-beijing", huawei: "cn-north-4" };

/** `#/images/CLOUD/REGION`. */
export default function Images({ backend, path, query, ask, go }: PageProps) {
  const { ready, missing } = useModule();
  const [about, setAbout] = useState<About | null>(null);
  const cloud = CLOUDS.find((cloud) => cloud === path[1]) ?? CLOUDS.find((cloud) => about?.clouds?.[cloud]) ?? "tencent";
  useEffect(() => void backend.about().then(setAbout, (error) => setTrouble(troubleOf(error))), [backend]);
  // What may be looked at; what the address names is told all the same, with why it may not.
  const allowed = about?.clouds && (about.clouds[cloud]?.regions ?? []);
  const region = path[2] ?? (allowed && !allowed.includes(FIRST[cloud]) ? (allowed[0] ?? FIRST[cloud]) : FIRST[cloud]);
  const [told, setTold] = useState<{ images: Image[]; next: string | null } | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const wanted = query.get("find") ?? "";
  useEffect(() => {
    let isOver = false;
    setTold(null);
    if (!about) return;
    setTrouble(null);
    backend.images(cloud, region).then((first) => isOver || setTold(first), (error) => isOver || setTrouble(troubleOf(error)));
    return () => void (isOver = true);
  }, [backend, about, cloud, region]);
  // What comes when another region is looked at, or was asked for twice, belongs to no list any more.
  const more = (last: { images: Image[]; next: string | null }) => void backend.images(cloud, region, last.next!).then((more) => setTold((now) => (now === last ? { next: more.next, images: [...new Map([...last.images, ...more.images].map((image) => [image.id, image])).values()] } : now)), (error) => setTrouble(troubleOf(error)));
  if (!ready) return missing ? <Failed of={missing} /> : <p role="status">{t("loading")}</p>;
  const sought = wanted.trim().toLowerCase();
  const shown = (told?.images ?? []).filter(({ id, name }) => `${name} ${id}`.toLowerCase().includes(sought));
  return (
    <>
      <div class="title"><h1>{t("images")}{told && <small class="number"> {shown.length < told.images.length && `${shown.length} / `}{told.images.length}{told.next && " +"}</small>}</h1></div>
      <div class="line">
        <Field label={t("cloud")}><select value={cloud} onChange={({ currentTarget }) => go(["images", currentTarget.value])}>{CLOUDS.filter((one) => one === cloud || !about?.clouds || about.clouds[one]).map((cloud) => <option value={cloud}>{cloudName(cloud)}</option>)}</select></Field>
        <Field label={t("region")}><select value={region} onChange={({ currentTarget }) => go(["images", cloud, currentTarget.value])}><Places of={regions(cloud).filter(({ id }) => !allowed || allowed.includes(id))} chosen={region} /></select></Field>
        <Field label={t("findImage")}><input type="search" value={wanted} onInput={({ currentTarget }) => ask({ find: currentTarget.value }, true)} /></Field>
      </div>
      <Failed of={trouble} />
      {!told && !trouble && <p class="empty" role="status">{t("loading")}</p>}
      {told && told.images.length === 0 && <div class="empty"><p><strong>{t("noImages")}</strong></p><p><a class="button" href="#/new">{t("new")}</a></p></div>}
      {told && told.images.length > 0 && shown.length === 0 && <div class="empty"><p>{t("noMatch")}</p><button type="button" onClick={() => ask({ find: null })}>{t("all")}</button></div>}
      {shown.length > 0 && (
        <Rows of={shown} label={t("images")}
          head={<tr><th scope="col">{t("name")}</th><th scope="col" class="short">{t("state")}</th><th scope="col" class="wide">{t("id")}</th><th scope="col" class="wide">{t("source")}</th><th scope="col" class="short"><span class="hidden">{t("copyThis")}</span></th></tr>}
          row={(image) => (
            <tr key={image.id}>
              <th scope="row" title={image.name}>{image.name || "–"}<small class="narrow"><code>{image.id}</code></small></th><td><Status of={image.state} /></td><td class="wide"><code>{image.id}</code></td><td class="wide">{image.origin ? `${image.origin.region} · ${image.origin.image}` : "–"}</td>
              <td class="end">{image.state === "ready" && <a class="button small" href={`#/new/${cloud}/${region}/${encodeURIComponent(image.id)}`} aria-label={`${label("copyThis")}${image.name || image.id}`}>{t("copyThis")}</a>}</td>
            </tr>
          )} />
      )}
      {told?.next && <p><button type="button" onClick={() => more(told)}>{t("more")}</button></p>}
    </>
  );
}
