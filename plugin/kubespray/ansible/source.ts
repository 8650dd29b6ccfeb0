import { createHash } from "node:crypto";
import { createReadStream, existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../../../host/cache";
import { readIfThere } from "../../../host/files";
import { type KubesprayRelease, kubesprayRelease } from "../../../model/cluster/releases";
import { cached, type Making } from "./cached";
import { command } from "./command";

const REPOSITORY = "https://github.com/kubernetes-sigs/kubespray.git";

/** Where a tag keeps the checksums of what it downloads: its own table of the versions it installs. */
const CHECKSUMS = [
  "roles/kubespray_defaults/vars/main/checksums.yml",
  "roles/kubespray-defaults/defaults/main/checksums.yml",
  "roles/kubespray_defaults/defaults/main/checksums.yml",
];

/** Where a kubespray's table of checksums is, in its folder. @throws Error where it has none */
export function checksumsFile(folder: string): string {
  const found = CHECKSUMS.find((path) => existsSync(join(folder, path)));
  if (found === undefined) throw new Error(`${folder} holds no kubespray: none of ${CHECKSUMS.join(", ")} is there`);
  return found;
}

/** The facts of a tag. @throws Error where the catalogue does not know it */
export function releaseOf(tag: string): KubesprayRelease {
  const release = kubesprayRelease(tag);
  if (release === undefined) throw new Error(`the catalogue knows no kubespray ${tag}`);
  return release;
}

/**
 * The folder of a kubespray tag, exactly its commit. Fetched once into the user's cache.
 * @param source a git repository that has the commit, a folder or a tarball of the tag; default: kubespray's own repository
 * @throws Error where it cannot be had, or is another tag than it should be
 */
export async function kubespraySource(tag: string, source: string | undefined, making: Making): Promise<string> {
  const release = releaseOf(tag);
  if (source === undefined) return await fetched(release, REPOSITORY, making);
  const found = statSync(source, { throwIfNoEntry: false });
  if (found === undefined) throw new Error(`kubespray's source ${source} is not there`);
  if (found.isFile()) return await unpacked(release, source, making);
  if (await hasCommit(source, release.commit)) return await fetched(release, source, making);
  requireTag(release, source, source);
  return source;
}

/** Where a tag that was fetched lies in the user's cache. */
export function fetchedFolder({ tag, commit }: KubesprayRelease): string {
  return join(cacheFolder(), "kubespray", `${tag}-${commit.slice(0, 12)}`);
}

async function fetched(release: KubesprayRelease, repository: string, making: Making): Promise<string> {
  const { tag, commit } = release;
  const folder = fetchedFolder(release);
  return await cached(folder, `kubespray ${tag}`, making, async () => {
    making.tell(`getting kubespray ${tag} from ${repository}`);
    const git = (...args: string[]) => command("git", args, { ...making, cwd: folder, env: gitEnvironment() });
    await git("init", "--quiet");
    try {
      await git("fetch", "--quiet", "--depth", "1", repository, commit);
    } catch (error) {
      making.signal?.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(
        `kubespray ${tag} (commit ${commit}) cannot be fetched from ${repository}: ${reason}\n` +
          "Where there is no way out, give a copy of it as the kubespray source: a git repository, a folder or a tarball of the tag.",
        { cause: error },
      );
    }
    await git("-c", "advice.detachedHead=false", "checkout", "--quiet", "FETCH_HEAD");
    const head = (await git("rev-parse", "HEAD")).trim();
    if (head !== commit) throw new Error(`${repository} gave commit ${head} for kubespray ${tag}, whose commit is ${commit}`);
    // What is run is the files; the history is of no use.
    rmSync(join(folder, ".git"), { recursive: true });
  });
}

async function unpacked(release: KubesprayRelease, tarball: string, making: Making): Promise<string> {
  const digest = createHash("sha256");
  for await (const piece of createReadStream(tarball)) digest.update(piece);
  const folder = join(cacheFolder(), "kubespray", `${release.tag}-${digest.digest("hex").slice(0, 12)}`);
  return await cached(folder, `kubespray ${release.tag}`, making, async () => {
    making.tell(`unpacking kubespray ${release.tag} from ${tarball}`);
    await command("tar", ["-xf", tarball, "-C", folder, "--strip-components=1"], making);
    requireTag(release, folder, tarball);
  });
}

async function hasCommit(folder: string, commit: string): Promise<boolean> {
  if (!existsSync(join(folder, ".git")) && !existsSync(join(folder, "objects"))) return false;
  return await command("git", ["-C", folder, "cat-file", "-e", `${commit}^{commit}`], { env: gitEnvironment() }).then(
    () => true,
    () => false,
  );
}

/** Settings of the user's hold, but nobody is asked, and no other repository is meant than the one that is named. */
function gitEnvironment(): NodeJS.ProcessEnv {
  const { GIT_DIR: _dir, GIT_WORK_TREE: _tree, GIT_INDEX_FILE: _index, ...env } = process.env;
  return { ...env, GIT_TERMINAL_PROMPT: "0" };
}

/** Compares a folder with what is known of the tag: the versions of Kubernetes it has checksums of differ from tag to tag. */
function requireTag({ tag, kubernetes }: KubesprayRelease, folder: string, shown: string): void {
  const table = CHECKSUMS.map((path) => readIfThere(join(folder, path))).find((content) => content !== undefined);
  if (table === undefined) {
    throw new Error(`${shown} holds no kubespray (none of ${CHECKSUMS.join(", ")} is there); it must be kubespray ${tag}`);
  }
  const found = kubeletVersions(table);
  const same = found.length === kubernetes.versions.length && kubernetes.versions.every((version) => found.includes(version));
  if (same) return;
  throw new Error(
    `${shown} holds another kubespray than ${tag}: it installs Kubernetes ${found[0] ?? "?"} to ${found.at(-1) ?? "?"}, ` +
      `${tag} installs ${kubernetes.versions[0]} to ${kubernetes.versions.at(-1)}. Give a copy of ${tag}`,
  );
}

/** The versions with a kubelet for amd64, without a leading v, in the table's order. */
function kubeletVersions(table: string): string[] {
  const [, kubelet = ""] = /^kubelet_checksums:\n((?:[ #].*\n|\n)*)/m.exec(`${table}\n`) ?? [];
  const [, amd64 = ""] = /^ {2}amd64:\n((?: {4}.*\n|\s*\n)*)/m.exec(kubelet) ?? [];
  return [...amd64.matchAll(/^ {4}v?(\d+\.\d+\.\d+):/gm)].map(([, version = ""]) => version);
}
