import { createHash } from "node:crypto";
import { openAsBlob } from "node:fs";
import { at, text } from "../../model/data";
import { type Login, loginOf } from "./credentials";
import { type Asked, ask, bodyOf, HttpError } from "./http";

/** Something that a manifest names. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** A manifest as a registry has it. */
export interface FoundManifest extends Descriptor {
  readonly content: Buffer;
}

/** The kinds of manifests that are asked for. */
export const MANIFESTS = {
  index: ["application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"],
  single: ["application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"],
} as const;

/** How a registry is spoken to. */
export interface RegistryOptions {
  readonly signal?: AbortSignal | undefined;
  /** Gives the log-in to a registry. @default what `docker login` has kept */
  readonly login?: (host: string) => Promise<Login | undefined>;
  /** The pause before something is asked for again, in milliseconds. @default half a second */
  readonly pauseMs?: number;
}

/** A registry of images, by the OCI distribution specification. Nothing of a log-in is in what it throws. */
export class Registry {
  private readonly base: string;
  private readonly headers = new Map<string, string>();
  private login: Promise<Login | undefined> | undefined;

  /** @param host `registry.intra:5000`; what is on this machine itself is spoken to without TLS, as Docker does */
  constructor(
    readonly host: string,
    private readonly options: RegistryOptions = {},
  ) {
    const name = host === "docker.io" ? "registry-1.docker.io" : host;
    this.base = `${isHere(host) ? "http" : "https"}://${name}/v2`;
  }

  /** The manifest that a tag or a digest names. @throws HttpError with status 404 where there is none */
  async manifest(path: string, reference: string): Promise<FoundManifest> {
    const accept = [...MANIFESTS.index, ...MANIFESTS.single].join(", ");
    const url = `${this.base}/${path}/manifests/${reference}`;
    const answer = await this.ask(path, url, { headers: { accept } });
    await this.require(answer, `${path}:${reference}`);
    const content = Buffer.from(await answer.arrayBuffer());
    const mediaType = answer.headers.get("content-type")?.split(";")[0] ?? "";
    return { content, mediaType, digest: digestOf(content), size: content.length };
  }

  /** What is called by a digest. */
  async *blob(path: string, digest: string): AsyncGenerator<Uint8Array> {
    const url = `${this.base}/${path}/blobs/${digest}`;
    const answer = await this.ask(path, url, {});
    await this.require(answer, `${path}@${digest}`);
    yield* bodyOf(answer, url);
  }

  /** The digest of what a tag names; undefined where there is nothing. */
  async digestAt(path: string, reference: string): Promise<string | undefined> {
    const accept = [...MANIFESTS.index, ...MANIFESTS.single].join(", ");
    const answer = await this.ask(path, `${this.base}/${path}/manifests/${reference}`, { method: "HEAD", headers: { accept } }, true);
    if (answer.status === 404) return undefined;
    await this.require(answer, `${path}:${reference}`);
    return answer.headers.get("docker-content-digest") ?? undefined;
  }

  /** Puts a file there, unless it is there already; tells whether it was put. */
  async upload(path: string, { digest, file }: { readonly digest: string; readonly file: string }): Promise<boolean> {
    const there = await this.ask(path, `${this.base}/${path}/blobs/${digest}`, { method: "HEAD" }, true);
    if (there.ok) return false;
    if (there.status !== 404) await this.require(there, `${path}@${digest}`);
    const begun = await this.ask(path, `${this.base}/${path}/blobs/uploads/`, { method: "POST" }, true);
    await this.require(begun, `${path}, to be written`);
    const location = begun.headers.get("location");
    if (location === null) throw new HttpError(begun.status, this.host, `${this.host} begins an upload and does not say where`);
    const url = new URL(location, this.base);
    url.searchParams.set("digest", digest);
    const headers = { "content-type": "application/octet-stream" };
    const put = await this.ask(path, String(url), { method: "PUT", headers, body: await openAsBlob(file) }, true);
    await this.require(put, `${path}@${digest}, to be written`);
    return true;
  }

  /** Puts a manifest there, after all that it names. */
  async putManifest(path: string, reference: string, { mediaType, content }: Pick<FoundManifest, "mediaType" | "content">): Promise<void> {
    const url = `${this.base}/${path}/manifests/${reference}`;
    const body = new Uint8Array(content);
    const answer = await this.ask(path, url, { method: "PUT", headers: { "content-type": mediaType }, body }, true);
    await this.require(answer, `${path}:${reference}, to be written`);
  }

  /** Asks with what the registry wants to see: none at first, then a token or the log-in itself. */
  private async ask(path: string, url: string, asked: Asked, writes = false): Promise<Response> {
    const key = `${path} ${writes}`;
    const send = (): Promise<Response> => {
      // An upload's address may be another server's, which has its own way of knowing us.
      const own = new URL(url).origin === new URL(this.base).origin ? this.headers.get(key) : undefined;
      const headers = { ...asked.headers, ...(own === undefined ? {} : { authorization: own }) };
      return ask(url, { ...asked, headers, signal: this.options.signal }, this.options.pauseMs);
    };
    const answer = await send();
    if (answer.status !== 401) return answer;
    const challenge = answer.headers.get("www-authenticate") ?? "";
    await answer.body?.cancel();
    const header = await this.authorization(challenge, `repository:${path}:${writes ? "pull,push" : "pull"}`);
    if (header === undefined || header === this.headers.get(key)) return new Response(null, { status: 401 });
    this.headers.set(key, header);
    return await send();
  }

  /** The header that answers a challenge; undefined where there is no log-in that could. */
  private async authorization(challenge: string, scope: string): Promise<string | undefined> {
    this.login ??= (this.options.login ?? loginOf)(this.host);
    const login = await this.login;
    const basic = login && `Basic ${Buffer.from(`${login.user}:${login.password}`).toString("base64")}`;
    const [, scheme = "", rest = ""] = /^(\w+)\s+(.*)$/.exec(challenge) ?? [];
    if (scheme.toLowerCase() === "basic") return basic;
    if (scheme.toLowerCase() !== "bearer") return undefined;
    const told = new Map(Array.from(rest.matchAll(/(\w+)="([^"]*)"/g), ([, name = "", value = ""]) => [name, value]));
    const realm = told.get("realm");
    if (realm === undefined || !URL.canParse(realm)) return undefined;
    const url = new URL(realm);
    const safe = url.protocol === "https:" || isHere(url.host);
    if (!safe) throw new Error(`${this.host} sends log-ins to ${url.origin}, which has no TLS: they are not sent there`);
    const service = told.get("service");
    if (service !== undefined) url.searchParams.set("service", service);
    url.searchParams.set("scope", scope);
    const headers: Record<string, string> = basic === undefined ? {} : { authorization: basic };
    const answer = await ask(String(url), { headers, signal: this.options.signal }, this.options.pauseMs);
    if (!answer.ok) {
      await answer.body?.cancel();
      return undefined;
    }
    const body: unknown = await answer.json();
    const token = text(at(body, "token")) ?? text(at(body, "access_token"));
    return token === undefined ? undefined : `Bearer ${token}`;
  }

  /** @throws HttpError in words, where the registry refuses */
  private async require(answer: Response, what: string): Promise<void> {
    if (answer.ok) return;
    const { status } = answer;
    if (status === 401 || status === 403) {
      await answer.body?.cancel();
      const has = (await this.login) !== undefined;
      const reason = has
        ? "refuses the log-in that docker's configuration has for it"
        : "wants a log-in, and docker's configuration has none";
      throw new HttpError(status, this.host, `${this.host} ${reason} (${what}): run \`docker login ${this.host}\``);
    }
    if (status === 404) throw new HttpError(status, this.host, `${this.host} has no ${what}`);
    const said = (await answer.text().catch(() => "")).slice(0, 200).replaceAll(/\s+/g, " ");
    throw new HttpError(status, this.host, `${this.host} answers ${status} to ${what}${said === "" ? "" : `: ${said}`}`);
  }
}

/** The digest of a text or a file's content. */
export function digestOf(content: Uint8Array | string): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

/** Whether a server is on this machine. */
function isHere(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(host);
}
