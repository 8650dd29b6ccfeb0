import { spawnSync } from "node:child_process";
import { kubesprayRelease, kubesprayTags } from "../model/cluster/releases";
import type { EnvironmentPlan } from "../model/plan/types";
import type { Finding } from "./finding";

/**
 * What real clusters need here: OpenSSH, git, a Python for the kubespray of each environment, and what is in the cache already. The sandbox
 * needs none of it.
 */
export async function ansibleFindings(plans: readonly EnvironmentPlan[]): Promise<Finding[]> {
  const [python, source, { isWhole }, { unusableHere }] = await Promise.all([
    import("../plugin/kubespray/ansible/python.js"),
    import("../plugin/kubespray/ansible/source.js"),
    import("../plugin/kubespray/ansible/cached.js"),
    import("../plugin/kubespray/ansible/unusable.js"),
  ]);
  const used = [...new Set(plans.map(({ cluster }) => cluster.kubespray))].sort();
  const tags = used.length > 0 ? used : kubesprayTags.slice(-1);
  const releases = tags.flatMap((tag) => kubesprayRelease(tag) ?? []);
  const uv = firstLine("uv", "--version");
  const unusable = unusableHere();
  const sshVersion = firstLine("ssh", "-V");
  const git = firstLine("git", "--version");
  return [
    unusable === undefined
      ? { name: "ssh", status: "ok", detail: sshVersion ?? "there" }
      : { name: "ssh", status: "warning", detail: `${unusable}; the sandbox does not need it`, remedy: "see docs/runner.md" },
    git !== undefined
      ? { name: "git", status: "ok", detail: git }
      : {
          name: "git",
          status: "warning",
          detail: "no git on PATH, by which kubespray is fetched; the sandbox does not need it",
          remedy: "install git, or give cluster.kubespray.source",
        },
    ...releases.map((release): Finding => {
      const name = `ansible for ${release.tag}`;
      const lacking = python.lacksPython(release.ansible.python, `kubespray ${release.tag}`);
      if (lacking !== undefined) {
        const [detail = lacking, remedy = "see docs/runner.md"] = lacking.split(/: (?=install )/);
        return { name, status: "warning", detail: `${detail}; the sandbox does not need it`, remedy };
      }
      const found = python.findPython(release.ansible.python);
      const by =
        found === undefined ? `a Python that ${uv} gets` : `Python ${found.minor} (${found.command}${uv === undefined ? "" : `, ${uv}`})`;
      const requirements = python.requirementsOf(release);
      const checkout = isWhole(source.fetchedFolder(release));
      const environment = isWhole(python.environmentFolder(requirements, release.ansible.python));
      const cached = (what: string, there: boolean) => `${what} ${there ? "in the cache" : "fetched at the first use"}`;
      const [, core = ""] = /^ansible-core==(\S+)/m.exec(requirements) ?? [];
      return { name, status: "ok", detail: `${by}; ${cached("kubespray", checkout)}, ${cached(`ansible-core ${core}`, environment)}` };
    }),
  ];
}

/** The first line a program prints for its version; undefined where it is not there. */
function firstLine(program: string, ...args: string[]): string | undefined {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  return status === 0 ? `${stdout}${stderr}`.trim().split("\n", 1)[0] : undefined;
}
