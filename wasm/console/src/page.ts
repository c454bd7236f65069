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
}
