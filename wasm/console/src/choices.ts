// What the reader has chosen. The token is for this tab alone.
import type { Language } from "./text.js";

export interface Choices {
  mode: "demo" | "worker";
  address: string;
  token: string;
  language: Language;
  theme: "system" | "light" | "dark";
}

/** What may be chosen, the usual first: anything else was kept by another version. */
const KNOWN = { mode: ["demo", "worker"], language: navigator.language.startsWith("zh") ? ["zh", "en"] : ["en", "zh"], theme: ["system", "light", "dark"] };

export function read(): Choices {
  const { address, ...kept } = stored();
  const known = Object.fromEntries(Object.entries(KNOWN).map(([name, words]) => [name, words.find((word) => word === kept[name]) ?? words[0]])) as Pick<Choices, "mode" | "language" | "theme">;
  return { ...known, address: typeof address === "string" ? address : "http://127.0.0.1:8787", token: tokenOf() };
}

/** Keeps what has changed, beside what another tab has chosen meanwhile. */
export function write({ token, ...changed }: Partial<Choices>): void {
  try {
    localStorage.setItem("imgferry", JSON.stringify({ ...stored(), ...changed }));
    if (token !== undefined) sessionStorage.setItem("imgferry-token", token);
  } catch {
    // Where nothing can be kept, the choice holds until the page is closed.
  }
}

function stored(): Record<string, unknown> {
  try {
    return Object(JSON.parse(localStorage.getItem("imgferry") ?? "{}"));
  } catch {
    return {};
  }
}

function tokenOf(): string {
  try {
    return sessionStorage.getItem("imgferry-token") ?? "";
  } catch {
    return "";
  }
}
