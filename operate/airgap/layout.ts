import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { join } from "node:path";
import { type Blobs, WrongDigestError } from "../../host/blobs";
import { keepFile, makeFolder, saveWhole } from "../../host/files";
import type { Artefact } from "../../model/airgap/bundle";

/** Puts a file of a bundle where the web server has it, unless it is there. Tells whether it was put. @throws WrongDigestError */
export async function layOut({ path, digest, size, source }: Artefact, blobs: Blobs, folder: string): Promise<boolean> {
  const file = join(folder, path);
  if (statSync(file, { throwIfNoEntry: false })?.size === size && (await digestOfFile(file)) === digest) return false;
  makeFolder(join(file, ".."));
  const hash = createHash("sha256");
  await saveWhole(
    file,
    (async function* () {
      for await (const piece of createReadStream(blobs.pathOf(digest), { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>) {
        hash.update(piece);
        yield piece;
      }
      const real = `sha256:${hash.digest("hex")}`;
      if (real !== digest) throw new WrongDigestError(source, real, [digest]);
    })(),
  );
  return true;
}

async function digestOfFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(file, { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>) hash.update(piece);
  return `sha256:${hash.digest("hex")}`;
}

/** Writes the pages by which pip and uv find the wheels (PEP 503), below `pypi/simple`. */
export function writePythonIndex(wheels: readonly Artefact[], folder: string): void {
  const byName = new Map<string, Artefact[]>();
  for (const wheel of wheels) byName.set(wheel.name, [...(byName.get(wheel.name) ?? []), wheel]);
  for (const [name, files] of byName) {
    const links = files.map(({ path, digest }) => {
      const file = path.slice(path.lastIndexOf("/") + 1);
      return `<a href="../../${name}/${encodeURIComponent(file)}#${digest.replace(":", "=")}">${file}</a><br>\n`;
    });
    keepFile(join(folder, "pypi", "simple", normalized(name), "index.html"), `<!DOCTYPE html>\n<title>${name}</title>\n${links.join("")}`);
  }
}

/** As an index calls a package. */
function normalized(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}

/** The environment variables by which the programs that kpaas runs ask the mirror alone. */
export function mirrorVariables(files: string): Readonly<Record<string, string>> {
  const pulumi = `${files}/get.pulumi.com/releases`;
  return {
    KPAAS_PULUMI_RELEASES: `${pulumi}/sdk`,
    PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES: `.*=${pulumi}/plugins`,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PIP_INDEX_URL: `${files}/pypi/simple`,
    UV_DEFAULT_INDEX: `${files}/pypi/simple`,
    UV_PYTHON_DOWNLOADS: "never",
  };
}

/** Writes {@link mirrorVariables} for shells to read. */
export function writeVariables(files: string, folder: string): string {
  const file = join(folder, "kpaas.env");
  const lines = Object.entries(mirrorVariables(files)).map(([name, value]) => `export ${name}='${value}'\n`);
  keepFile(file, `# . kpaas.env before kpaas, where it reaches no internet\n${lines.join("")}`);
  return file;
}
