import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { stringify } from "yaml";

/** The digest of content. */
export const digestOf = (content: string | Uint8Array): string => `sha256:${createHash("sha256").update(content).digest("hex")}`;

const INDEX = "application/vnd.oci.image.index.v1+json";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

/** An image for a platform, made of its name: its manifest, and what that names. */
function imageOf(path: string, architecture: string): { readonly manifest: string; readonly blobs: readonly string[] } {
  const blobs = [JSON.stringify({ architecture, of: path }), `the layer of ${path} for ${architecture}`, "a layer that all images share"];
  const [config, ...layers] = blobs.map((content, index) => ({
    mediaType: index === 0 ? "application/vnd.oci.image.config.v1+json" : "application/vnd.oci.image.layer.v1.tar",
    ...{ digest: digestOf(content), size: Buffer.byteLength(content) },
  }));
  return { manifest: JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers }), blobs };
}

/** What every registry of the fake internet has at a path, whichever the tag: an index of two platforms, each with its image. */
export function publishedAt(path: string): { readonly index: string; readonly amd64: string } {
  const platforms = ["amd64", "arm64"].map((architecture) => ({ architecture, ...imageOf(path, architecture) }));
  const manifests = platforms.map(({ architecture, manifest }) => ({
    ...{ mediaType: MANIFEST, digest: digestOf(manifest), size: manifest.length },
    platform: { os: "linux", architecture },
  }));
  return { index: JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests }), amd64: platforms[0]!.manifest };
}

/** A chart's archive: a tar with one file. */
export function chartArchive(name: string, version: string): Buffer {
  const content = Buffer.from(stringify({ apiVersion: "v2", name, version }));
  const header = Buffer.alloc(512);
  header.write(`${name}/Chart.yaml`, 0);
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  return gzipSync(Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512), Buffer.alloc(1024)]));
}

/** What a file on the fake internet holds. */
export const fileAt = (url: string): string => `the content of ${url}`;

/**
 * Plays the internet for as long as a test lasts: every registry, chart repository and file server, each with whatever it is asked for. What is
 * asked of 127.0.0.1 goes there.
 */
export class FakeInternet {
  /** The URLs that were asked for, in order. */
  readonly asked: string[] = [];
  /** Takes part in an answer; what it gives is answered instead. */
  interfere: (url: string) => Response | undefined | Promise<Response | undefined> = () => undefined;
  /** The charts that repositories have: all of one name and version. */
  charts: readonly { readonly name: string; readonly version: string }[] = [];
  private readonly real = globalThis.fetch;

  /** Takes the place of `fetch`, until {@link end}. */
  begin(): void {
    globalThis.fetch = async (input, init) => {
      const url = String(input);
      if (new URL(url).hostname === "127.0.0.1") return await this.real(input, init);
      init?.signal?.throwIfAborted();
      this.asked.push(url);
      return (await this.interfere(url)) ?? this.answer(url);
    };
  }

  end(): void {
    globalThis.fetch = this.real;
  }

  private answer(url: string): Response {
    const { host, pathname } = new URL(url);
    const [, path = "", kind, reference = ""] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(pathname) ?? [];
    if (kind === "manifests") return manifestResponse(path, reference);
    if (kind === "blobs") return new Response(blobOf(path, reference), { status: 200 });
    if (pathname.endsWith("/index.yaml") && host !== "helm.cilium.io") {
      const entries = this.charts.map(({ name, version }): [string, unknown] => [
        name,
        [{ version, urls: [`${name}-${version}.tgz`], digest: digestOf(chartArchive(name, version)).slice("sha256:".length) }],
      ]);
      return new Response(stringify({ entries: Object.fromEntries(entries) }));
    }
    const chart = this.charts.find(({ name, version }) => pathname.endsWith(`/${name}-${version}.tgz`));
    if (chart !== undefined) return new Response(new Uint8Array(chartArchive(chart.name, chart.version)));
    if (host === "get.pulumi.com" && pathname.endsWith("-checksums.txt")) {
      const version = /pulumi-(.*)-checksums/.exec(pathname)?.[1] ?? "";
      const archive = `pulumi-v${version}-linux-x64.tar.gz`;
      return new Response(`${digestOf(fileAt(`https://${host}/releases/sdk/${archive}`)).slice(7)}  ${archive}\n`);
    }
    if (pathname.startsWith("/simple/")) {
      const file = wheelOf(pathname.split("/")[2] ?? "");
      return new Response(JSON.stringify({ files: [file, { ...file, filename: file.filename.replace("any", "win_amd64") }] }));
    }
    return new Response(fileAt(url));
  }
}

/** The one wheel that the fake index has of a package. */
export function wheelOf(name: string): { readonly filename: string; readonly url: string; readonly hashes: { readonly sha256: string } } {
  const filename = `${name}-1.0-py3-none-any.whl`;
  const url = `https://files.pythonhosted.org/${filename}`;
  return { filename, url, hashes: { sha256: digestOf(fileAt(url)).slice("sha256:".length) } };
}

function manifestResponse(path: string, reference: string): Response {
  const { index, amd64 } = publishedAt(path);
  const arm64 = imageOf(path, "arm64").manifest;
  const [content, type] = reference.startsWith("sha256:")
    ? [[index, amd64, arm64].find((each) => digestOf(each) === reference), reference === digestOf(index) ? INDEX : MANIFEST]
    : [index, INDEX];
  return content === undefined ? new Response("", { status: 404 }) : new Response(content, { headers: { "content-type": type } });
}

function blobOf(path: string, digest: string): string {
  return ["amd64", "arm64"].flatMap((each) => imageOf(path, each).blobs).find((content) => digestOf(content) === digest) ?? "no such blob";
}

/** A folder as a kubespray tag's, whose table has the checksums of these files. */
export function kubesprayWith(
  folder: string,
  files: readonly { readonly name: string; readonly version: string; readonly source: string }[],
): string {
  const path = join(folder, "kubespray");
  const table = Object.fromEntries(
    files.map(({ name, version, source }) => [`${name}_checksums`, { amd64: { [version]: digestOf(fileAt(source)) } }]),
  );
  const file = join(path, "roles/kubespray_defaults/vars/main/checksums.yml");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, stringify(table));
  return path;
}

/** A registry on loopback that keeps what is pushed, as the distribution specification has it. */
export class FakeRegistry {
  readonly manifests = new Map<string, { readonly content: Buffer; readonly type: string }>();
  readonly blobs = new Map<string, Buffer>();
  /** What was asked of it: method and path. */
  readonly asked: string[] = [];
  /** Whether something is refused: the status to answer with. */
  refuse: (method: string, path: string) => number | undefined = () => undefined;
  private readonly server = createServer((request, response) => void this.answer(request, response));

  /** @param login `user:password`, by which it gives tokens; undefined: everybody may do everything */
  constructor(private readonly login?: string) {}

  async start(): Promise<string> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    return this.host;
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const url = new URL(request.url ?? "/", `http://${this.host}`);
    const { method = "GET", headers } = request;
    const end = (status: number, more: Record<string, string> = {}, body?: Buffer | string): void =>
      void response.writeHead(status, more).end(body);
    if (url.pathname === "/token") {
      const right = headers.authorization === `Basic ${Buffer.from(this.login ?? "").toString("base64")}`;
      end(right ? 200 : 401, {}, right ? JSON.stringify({ token: `token-${url.searchParams.get("scope")}` }) : "");
      return;
    }
    this.asked.push(`${method} ${url.pathname}`);
    if (this.login !== undefined && !headers.authorization?.startsWith("Bearer token-repository:")) {
      end(401, { "www-authenticate": `Bearer realm="http://${this.host}/token",service="fake",scope="ignored"` });
      return;
    }
    const refused = this.refuse(method, url.pathname);
    if (refused !== undefined) end(refused, {}, "no");
    else this.keep(method, url, Buffer.concat(pieces), headers["content-type"] ?? "", end);
  }

  private keep(
    method: string,
    url: URL,
    content: Buffer,
    type: string,
    end: (status: number, headers?: Record<string, string>, body?: Buffer) => void,
  ): void {
    const [, path = "", kind, reference = ""] = /^\/v2\/(.+)\/(manifests|blobs)\/(.+)$/.exec(url.pathname) ?? [];
    if (method === "POST") end(202, { location: `/v2/${path}/blobs/uploads/1?state=x` });
    else if (method === "PUT" && kind === "manifests") {
      const missing = Array.from(content.toString().matchAll(/sha256:[0-9a-f]{64}/g), ([digest]) => digest).filter(
        (digest) => !this.blobs.has(digest) && !this.manifests.has(`${path}:${digest}`),
      );
      for (const name of [reference, digestOf(content)]) if (missing.length === 0) this.manifests.set(`${path}:${name}`, { content, type });
      end(missing.length === 0 ? 201 : 400);
    } else if (method === "PUT") {
      const digest = url.searchParams.get("digest") ?? "";
      if (digestOf(content) === digest) this.blobs.set(digest, content);
      end(digestOf(content) === digest ? 201 : 400);
    } else if (kind === "manifests") {
      const found = this.manifests.get(`${path}:${reference}`);
      if (found === undefined) end(404);
      else end(200, { "content-type": found.type, "docker-content-digest": digestOf(found.content) }, found.content);
    } else end(this.blobs.has(reference) ? 200 : 404, {}, this.blobs.get(reference));
  }
}
