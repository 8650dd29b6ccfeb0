import { at, list, text } from "../../model/data";

/** A file of a Python package. */
export interface PythonFile {
  readonly name: string;
  readonly url: string;
  readonly digest: string;
}

/** The files that an index names for a package (PEP 691, or PEP 503 where it speaks HTML), as far as it says their SHA-256. */
export function filesInIndex(content: string, url: string): PythonFile[] {
  if (content.trimStart().startsWith("{")) {
    return list(at(JSON.parse(content), "files")).flatMap((file) => {
      const [name, where, sha256] = [text(at(file, "filename")), text(at(file, "url")), text(at(file, "hashes.sha256"))];
      if (name === undefined || where === undefined || sha256 === undefined) return [];
      return [{ name, url: String(new URL(where, url)), digest: `sha256:${sha256}` }];
    });
  }
  return Array.from(content.matchAll(/<a\s[^>]*href="([^"#]+)#sha256=([0-9a-f]{64})"/g), ([, where = "", sha256 = ""]) => ({
    name: decodeURIComponent(where.slice(where.lastIndexOf("/") + 1)),
    url: String(new URL(where.replaceAll("&amp;", "&"), url)),
    digest: `sha256:${sha256}`,
  })).filter(({ name }) => /^[\w.+-]+$/.test(name));
}

/** Whether a wheel is for this machine's system and processor, whichever its Python is. */
export function fitsHere(name: string, { platform, arch }: Pick<NodeJS.Process, "platform" | "arch"> = process): boolean {
  if (name.endsWith("-none-any.whl")) return true;
  if (platform === "darwin") return new RegExp(`-macosx_[0-9_]+_(universal2|${arch === "x64" ? "x86_64" : "arm64"})\\.whl$`).test(name);
  return new RegExp(`-(manylinux|musllinux)\\S*_${arch === "x64" ? "x86_64" : "aarch64"}\\.whl$`).test(name);
}
