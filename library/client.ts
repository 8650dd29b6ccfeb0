/* `kpaas/client`: the calls of `kpaas server`, typed by its OpenAPI document. */
import createFetchClient, { type Client, type ClientOptions } from "openapi-fetch";
import type { components, operations, paths } from "./client-calls";

export type { components, operations, paths };

/** Calls of a service: `client.GET("/api/v1/environments/{name}", { params: { path: { name } } })`. Each gives `data`, or as `error` what is wrong. */
export type ServerClient = Client<paths>;

/** What calls have in common. */
export interface ServerClientOptions {
  /** The service's address, such as `https://kpaas.example.org`. */
  readonly url: string;
  /** An access token of the service's issuer, or what gives one that is still good. */
  readonly token: string | (() => string | Promise<string>);
  /** In the place of the global one: for a proxy, or an authority of one's own. @default `fetch` */
  readonly fetch?: ClientOptions["fetch"];
}

/** A client of a service's calls. Nothing is sent before a call is made. */
export function serverClient({ url, token, fetch }: ServerClientOptions): ServerClient {
  const client = createFetchClient<paths>({ baseUrl: url.replace(/\/+$/, ""), ...(fetch === undefined ? {} : { fetch }) });
  client.use({
    onRequest: async ({ request }) => {
      request.headers.set("authorization", `Bearer ${typeof token === "string" ? token : await token()}`);
      return request;
    },
  });
  return client;
}
