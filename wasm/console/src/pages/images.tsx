import { regions } from "imgferry";
import type { Cloud, Image } from "imgferry";
import { useEffect, useState } from "preact/hooks";
import { troubleOf } from "../backend.js";
import type { Trouble } from "../backend.js";
import type { PageProps } from "../page.js";
import { Failed, Field, Rows, Status } from "../parts.js";
import { isZh, t } from "../text.js";
import { CLOUDS, useModule } from "../core.js";

export default function Images({ backend }: PageProps) {
  const ready = useModule();
  const [cloud, setCloud] = useState<Cloud>("tencent");
  const [region, setRegion] = useState("ap-guangzhou");
  const [told, setTold] = useState<{ images: Image[]; next: string | null } | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const ask = (page?: string) => backend.images(cloud, region, page).then((more) => (setTrouble(null), setTold((last) => ({ next: more.next, images: page && last ? [...last.images, ...more.images] : more.images }))), (error) => (setTold(null), setTrouble(troubleOf(error))));
  useEffect(() => void ask(), [backend, cloud, region]);
  if (!ready) return <p role="status">{t("loading")}</p>;
  return (
    <>
      <div class="title"><h1>{t("images")}</h1></div>
      <div class="line">
        <Field label={t("cloud")}><select value={cloud} onChange={({ currentTarget }) => (setCloud(currentTarget.value as Cloud), setRegion({ tencent: "ap-guangzhou", volcengine: "cn-beijing", huawei: "cn-north-4" }[currentTarget.value as Cloud]))}>{CLOUDS.map((cloud) => <option>{cloud}</option>)}</select></Field>
        <Field label={t("region")}><select value={region} onChange={({ currentTarget }) => setRegion(currentTarget.value)}>{regions(cloud).map(({ id, name, nameZh }) => <option value={id}>{id} · {isZh() ? nameZh : name}</option>)}</select></Field>
      </div>
      <Failed of={trouble} />
      {told && told.images.length === 0 && <p class="empty">{t("noImages")}</p>}
      {told && told.images.length > 0 && (
        <Rows of={told.images} height={44} label={t("images")}
          head={<tr><th scope="col">{t("name")}</th><th scope="col">{t("id")}</th><th scope="col">{t("state")}</th><th scope="col" class="wide">{t("source")}</th></tr>}
          row={(image) => <tr key={image.id}><th scope="row">{image.name}</th><td><code>{image.id}</code></td><td><Status of={image.state} /></td><td class="wide">{image.origin ? `${image.origin.region} · ${image.origin.image}` : "–"}</td></tr>} />
      )}
      {told?.next && <button type="button" onClick={() => void ask(told.next!)}>{t("more")}</button>}
    </>
  );
}
