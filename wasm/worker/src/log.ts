// One line of JSON a thing that happened. Nothing of requests, answers or keys: names, numbers and codes.
type Plain = string | number | boolean | null | undefined | readonly string[];

export function log(event: string, fields: Record<string, Plain> = {}): void {
  console.log(JSON.stringify({ at: new Date().toISOString(), event, ...fields }));
}

/** An error in a log: its name and code; messages may repeat what was sent. */
export function cause(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = ("refusal" in error ? error.refusal : error) as { code?: unknown };
  return typeof code === "string" ? `${error.name} ${code}` : error.name;
}
