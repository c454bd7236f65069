import { type Bridge, type Glue, record } from "./bridge.js";

/** What can be asked of the module by name: level 2, long answers, what verifies. */
export interface AskingGlue extends Glue {
  /** The answer to a question of that name, as JSON text; the record of what is asked may have a body beside it. */
  ask(name: string, input: string, body?: Uint8Array | null): string;
}

/** What the module answers to a question, as text. */
export function asked(bridge: Bridge<AskingGlue>, name: string, input: unknown, body?: Uint8Array, isSilent = false): string {
  return bridge.call((glue) => told(glue.ask(name, record(input), body)), isSilent);
}

/** An answer of the module; those that begin with NUL are errors. */
export function told(answer: string): string {
  if (answer[0] === "\0") throw answer.slice(1);
  return answer;
}
