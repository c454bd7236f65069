// The page's address behind its `#`: the page and what it shows, then how it shows it, so that a link, a reload and the way back show the same.

export interface Address {
  path: string[];
  query: URLSearchParams;
}

export function read(hash: string): Address {
  const [path = "", query] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  return { path: path.split("/").map(decoded), query: new URLSearchParams(query) };
}

/** The address with other words behind its `?`; null takes one away. */
export function asked({ path, query }: Address, changed: Record<string, string | null>): string {
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changed)) value ? next.set(name, value) : next.delete(name);
  return `#/${path.map(encodeURIComponent).join("/")}${next.size > 0 ? `?${next}` : ""}`;
}

/** A part of the address; one that somebody typed may not be encoded. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
