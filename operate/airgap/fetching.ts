import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { parse } from "yaml";
import { parseChecksums } from "../../engine/fetch";
import type { Blob, Blobs } from "../../host/blobs";
import type { Artefact } from "../../model/airgap/bundle";
import { checksumOf } from "../../model/airgap/checksums";
import type { AirGapEntry, AirGapKind } from "../../model/airgap/entries";
import { keyOf } from "../../model/airgap/entries";
import { chartTag, imageName } from "../../model/airgap/image";
import { ask, bodyOf } from "../../reach/registry/http";
import { digestOf, Registry, type RegistryOptions } from "../../reach/registry/registry";
import { CHART, chartConfig, chartInIndex } from "./chart";
import { type Copied, copyImage, copyTree, type Source } from "./images";
import { filesInIndex, fitsHere } from "./python-index";
import type { Tag } from "./tags";

/** What all that is fetched for a bundle shares. */
export interface Fetching extends RegistryOptions {
  readonly blobs: Blobs;
}

/** How something of a kind is fetched; `tag` gives the kubespray of the environment that pulls it. */
type Way = (entry: AirGapEntry, tag: () => Promise<Tag>) => Promise<(Copied & Partial<Artefact>)[]>;

/** Files of which no tag has a checksum: kubespray hands their addresses to Cilium's program. */
const UNCHECKED = /^cilium_charts?$/;

/** Fetches what bundles hold, each kind in its own way. */
export class Fetcher {
  private readonly arriving = new Map<string, Promise<Blob>>();
  private readonly registries = new Map<string, Registry>();
  private readonly indexes = new Map<string, Promise<unknown>>();

  constructor(private readonly from: Fetching) {}

  /**
   * @param tag gives the kubespray of the environment that pulls it
   * @throws Error saying why it cannot be had, or is not what it must be
   */
  async fetch(entry: AirGapEntry, tag: () => Promise<Tag>): Promise<readonly Artefact[]> {
    const { kind, name, version, source, goes, path, licence } = entry;
    if (goes === "folder") return [];
    const about = { key: keyOf(entry), kind, name, version, source, goes, path, ...(licence === undefined ? {} : { licence }) };
    return (await this.ways[kind](entry, tag)).map((found) => ({ ...about, ...found }));
  }

  private readonly ways: Readonly<Record<AirGapKind, Way>> = {
    image: async (entry) => [await copyImage(entry, this.sourceAt(imageName(entry.source).home))],
    chart: async (entry) => [await this.chart(entry)],
    file: async ({ name, version, source }, tag) => {
      const { checksums } = await tag();
      const expected = checksumOf(checksums, name, version);
      if (expected === undefined && !UNCHECKED.test(name)) throw new Error(`kubespray's tag has no checksum of ${name} ${version}`);
      return [await this.download(source, expected === undefined ? [] : [expected])];
    },
    kubespray: async (_entry, tag) => [await this.archive((await tag()).folder)],
    python: async (entry) => await this.wheels(entry),
    engine: async ({ source, version }) => {
      if (source.endsWith(".txt")) return [await this.download(source)];
      const checksums = `${source.slice(0, source.lastIndexOf("/"))}/pulumi-${version}-checksums.txt`;
      const expected = parseChecksums(await this.text(checksums)).get(source.slice(source.lastIndexOf("/") + 1));
      if (expected === undefined) throw new Error(`${checksums} does not name ${source}`);
      return [await this.download(source, [`sha256:${expected}`])];
    },
    plugin: async ({ source }) => [await this.download(source)],
    module: async () => [],
  };

  private sourceAt(host: string): Source {
    const registry = this.registries.get(host) ?? new Registry(host, this.from);
    this.registries.set(host, registry);
    return { registry, blobs: this.from.blobs, arriving: this.arriving };
  }

  private async chart({ name, version, source }: AirGapEntry): Promise<Copied> {
    if (source.startsWith("oci://")) {
      const [, host = "", path = ""] = /^oci:\/\/([^/]+)\/?(.*)$/.exec(source) ?? [];
      const at = this.sourceAt(host);
      const place = [path, name].filter((part) => part !== "").join("/");
      return await copyTree(place, await at.registry.manifest(place, chartTag(version)), at);
    }
    const repository = source.replace(/\/$/, "");
    const index = this.indexes.get(repository) ?? this.text(`${repository}/index.yaml`).then((content): unknown => parse(content));
    this.indexes.set(repository, index);
    const { url, digest } = chartInIndex(await index, repository, name, version);
    const { digest: layer, size } = await this.download(url, digest === undefined ? [] : [digest]);
    return await this.asImage(name, { digest: layer, size });
  }

  /** Makes of a chart's archive what `helm push` would. */
  private async asImage(name: string, layer: Blob): Promise<Copied> {
    const { blobs } = this.from;
    const text = chartConfig(readFileSync(blobs.pathOf(layer.digest)), name);
    const config = await blobs.save([Buffer.from(text)], name, [digestOf(text)]);
    const manifest = Buffer.from(
      JSON.stringify({
        ...{ schemaVersion: 2, mediaType: CHART.manifest, config: { mediaType: CHART.config, ...config } },
        layers: [{ mediaType: CHART.content, ...layer }],
      }),
    );
    const root = await blobs.save([manifest], name, [digestOf(manifest)]);
    const all = [config, layer, root].map(({ digest, size }) => ({ digest, size }));
    return { digest: root.digest, mediaType: CHART.manifest, size: all.reduce((sum, { size }) => sum + size, 0), blobs: all };
  }

  private async wheels({ name, version, source, path, digests = [] }: AirGapEntry): Promise<(Copied & Partial<Artefact>)[]> {
    const url = source;
    const accept = "application/vnd.pypi.simple.v1+json, text/html;q=0.5";
    const answer = await ask(url, { headers: { accept }, signal: this.from.signal }, this.from.pauseMs);
    const content = await textOf(answer, url);
    const files = filesInIndex(content, url).filter((file) => digests.includes(file.digest) && fitsHere(file.name));
    if (files.length === 0) throw new Error(`${new URL(url).host} has no file of ${name} ${version} that is known and fits this machine`);
    const wheels: (Copied & Partial<Artefact>)[] = [];
    for (const file of files) wheels.push({ ...(await this.download(file.url, [file.digest])), path: `${path}/${file.name}` });
    return wheels;
  }

  /** The folder as a tarball with one folder in it, as kubespray's own are. */
  private async archive(folder: string): Promise<Copied> {
    const tar = spawn("tar", ["-czf", "-", `--exclude=${basename(folder)}/.whole`, "-C", dirname(folder), basename(folder)], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const ended = new Promise<number | null>((resolve, reject) => tar.once("error", reject).once("close", resolve));
    const read = async function* (): AsyncGenerator<Uint8Array> {
      for await (const piece of tar.stdout) yield piece as Buffer;
      const code = await ended;
      if (code !== 0) throw new Error(`tar of ${folder} ended with ${code}`);
    };
    const { digest, size } = await this.from.blobs.save(read(), folder);
    return { digest, size, blobs: [{ digest, size }] };
  }

  /** A file; one that is there already, and known by its digest, is not asked for again. */
  private async download(url: string, expected: readonly string[] = []): Promise<Copied> {
    const [only] = expected;
    const there = only === undefined ? undefined : this.from.blobs.sizeOf(only);
    if (only !== undefined && there !== undefined) return { digest: only, size: there, blobs: [{ digest: only, size: there }] };
    const answer = await ask(url, { signal: this.from.signal }, this.from.pauseMs);
    const { digest, size } = await this.from.blobs.save(bodyOf(answer, url), url, expected);
    return { digest, size, blobs: [{ digest, size }] };
  }

  private async text(url: string): Promise<string> {
    return await textOf(await ask(url, { signal: this.from.signal }, this.from.pauseMs), url);
  }
}

async function textOf(answer: Response, url: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bodyOf(answer, url)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}
