// For pages: split signing without the secret. Bundle this file into the page.
import { build, prepare } from "imgferry";
import type { At, Cloud, Identity, Prepared } from "imgferry";

/** What a page sends to be signed. */
export interface Asked {
  cloud: Cloud;
  operation: string;
  params: Record<string, unknown>;
  at: At;
  timeMs: number;
  prepared: Prepared;
}

/** Prepares a call for `POST /sign`. `identity` is the access key id, which is no secret; the headers that come back are sent with the request. */
export function prepared(cloud: Cloud, operation: string, params: Record<string, unknown>, at: At, identity: Identity, timeMs: number): Asked {
  return { cloud, operation, params, at, timeMs, prepared: prepareCall(cloud, operation, params, at, identity, timeMs) };
}

/**
 * Everything but the secret's part. Every header is signed, not only the least that the scheme needs: with that, what was
 * signed for one action of Tencent would be good for another.
 */
export function prepareCall(cloud: Cloud, operation: string, params: Record<string, unknown>, at: At, identity: Identity, timeMs: number): Prepared {
  const { request, region, service } = build(cloud, operation as never, params as never, at);
  const { headers } = prepare(cloud, { ...request, region, service, timeMs }, identity);
  return prepare(cloud, { ...request, headers, region, service, timeMs }, identity, { signedHeaders: headers.map(([name]) => name) });
}
