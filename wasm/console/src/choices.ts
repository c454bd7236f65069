// What the reader has chosen. The token is for this tab alone.
import type { Language } from "./text.js";

export interface Choices {
  mode: "demo" | "worker";
  address: string;
  token: string;
  language: Language;
  theme: "system" | "light" | "dark";
}

export function read(): Choices {
  const first: Choices = { mode: "demo", address: "http://127.0.0.1:8787", token: "", language: navigator.language.startsWith("zh") ? "zh" : "en", theme: "system" };
  try {
    return { ...first, ...JSON.parse(localStorage.getItem("imgferry") ?? "{}"), token: sessionStorage.getItem("imgferry-token") ?? "" };
  } catch {
    return first;
  }
}

export function write(choices: Choices): Choices {
  const { token, ...kept } = choices;
  try {
    localStorage.setItem("imgferry", JSON.stringify(kept));
    sessionStorage.setItem("imgferry-token", token);
  } catch {
    // Where nothing can be kept, the choice holds until the page is closed.
  }
  return choices;
}
