import { spawnSync } from "node:child_process";
import { kubesprayRelease } from "../../../model/cluster/releases";
import { isWhole } from "./cached";
import { lacksPython } from "./python";
import { fetchedFolder } from "./source";

/** Why no cluster can be brought up by Ansible from here, whatever its kubespray; undefined where one can. */
export function unusableHere(platform: NodeJS.Platform = process.platform): string | undefined {
  if (platform === "win32")
    return "Ansible does not run on Windows: run this in WSL (https://learn.microsoft.com/windows/wsl), or on Linux or macOS";
  if (!runs("ssh", "-V")) return "there is no `ssh` on PATH, which Ansible reaches hosts by: install OpenSSH's client";
  return undefined;
}

/** What is missing here for a kubespray tag, with the way out; undefined where nothing is, or the tag is not known. */
export function lacksForTag(tag: string, source: string | undefined): string | undefined {
  const release = kubesprayRelease(tag);
  if (release === undefined) return undefined;
  if (source === undefined && !isWhole(fetchedFolder(release)) && !runs("git", "--version")) {
    return `there is no \`git\` on PATH, by which kubespray ${tag} is fetched: install git, or give a folder or a tarball of ${tag} as the kubespray source`;
  }
  return lacksPython(release.ansible.python, `kubespray ${tag}`);
}

function runs(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}
