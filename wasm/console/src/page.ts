// What every page is given.
import type { Backend } from "./backend.js";
import type { Choices } from "./choices.js";
import type { Demo } from "./demo.js";

export interface PageProps {
  backend: Backend;
  demo: Demo | null;
  choices: Choices;
  choose: (choices: Partial<Choices>) => void;
  path: string[];
  /** How the page shows it, by what stands behind the `?` of its address. */
  query: URLSearchParams;
  /** Shows another place on the same page, with the reader's hand where it is. */
  go: (path: string[]) => void;
  /** Shows it otherwise; what is typed letter by letter is one step of the way back. */
  ask: (changed: Record<string, string | null>, isTyped?: boolean) => void;
}
