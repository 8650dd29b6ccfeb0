import { parseAddress } from "../../model/ipv4";
import type { Found, FoundHost, HostsProblems, Task } from "./found";
import { fromIni, fromYaml } from "./inventory";
import { fromVariables, isVariables } from "./variables";

const TASKS: Readonly<Record<string, Task>> = {
  "control-plane": "control-plane",
  worker: "worker",
  etcd: "etcd",
  bastion: "bastion",
  nfs: "nfs",
};

/**
 * Reads a file that names hosts: a list (`NAME ADDRESS [ACCESS-ADDRESS] [TASK]`, a host a line), an inventory of Ansible as INI or YAML, or the
 * `cp-cluster-vars.sh` of K-PaaS' own scripts. Names become keys.
 */
export function readHosts(text: string, problems: HostsProblems): Found {
  const before = problems.problems.length;
  const found = readAny(text, problems);
  const hosts = found.hosts.map((host) => ({ ...host, name: keyOf(host.name) }));
  for (const [index, { name, address, accessAddress }] of hosts.entries()) {
    const where = found.hosts[index]?.name ?? name;
    if (name === "") problems.add(where, "is no name for a node", "use lower-case letters, digits and hyphens");
    if (parseAddress(address) === undefined)
      problems.add(where, `"${address}" is no IPv4 address`, "give the address that the other hosts reach it at");
    if (accessAddress !== undefined && parseAddress(accessAddress) === undefined)
      problems.add(where, `"${accessAddress}" is no IPv4 address`, "give the address that SSH reaches it at, or leave it out");
    if (hosts.findIndex((each) => each.name === name) < index) problems.add(where, "is there twice", "take one of the two out");
    const twin = hosts.findIndex((each) => each.address === address);
    if (twin < index && hosts[twin]?.name !== name)
      problems.add(where, `has the address ${address} of ${hosts[twin]?.name}`, "give each host its own");
  }
  if (hosts.length === 0 && problems.problems.length === before)
    problems.add(
      "",
      "names no host",
      "write a host a line, `NAME ADDRESS [ACCESS-ADDRESS]`, or give an inventory of Ansible or a cp-cluster-vars.sh",
    );
  return { ...found, hosts: withTasks(hosts) };
}

function readAny(text: string, problems: HostsProblems): Found {
  if (isVariables(text)) return fromVariables(text, problems);
  if (/^\s*\[[^\]]+\]\s*$/m.test(text)) return fromIni(text, problems);
  if (/^[A-Za-z_-]+:\s*([[{].*)?$/m.test(text)) return fromYaml(text, problems);
  return fromList(text, problems);
}

function fromList(text: string, problems: HostsProblems): Found {
  const hosts = text.split("\n").flatMap((raw, index): FoundHost[] => {
    const words = raw
      .replace(/#.*$/, "")
      .trim()
      .split(/[\s,]+/)
      .filter((word) => word !== "");
    const [name, address, ...more] = words;
    if (name === undefined) return [];
    const tasks = more.flatMap((word) => TASKS[word] ?? []);
    const [accessAddress, ...rest] = more.filter((word) => TASKS[word] === undefined);
    if (address === undefined || rest.length > 0) {
      problems.add(
        `line ${index + 1}`,
        `"${raw.trim()}" is no host`,
        `write NAME ADDRESS [ACCESS-ADDRESS] [${Object.keys(TASKS).join("|")}]`,
      );
      return [];
    }
    return [{ name, address, ...(accessAddress === undefined ? {} : { accessAddress }), tasks: new Set(tasks) }];
  });
  return { hosts, leftOut: [] };
}

/** Where a file says nothing of tasks, names do; where they do not either, the first is the control plane. */
function withTasks(hosts: readonly FoundHost[]): FoundHost[] {
  const guessed = hosts.map((host) => (host.tasks.size > 0 ? host : { ...host, tasks: new Set(guess(host.name)) }));
  // A control plane runs no workloads here, whatever groups name it.
  for (const { tasks } of guessed) if (tasks.has("control-plane")) (tasks as Set<Task>).delete("worker");
  const leads = guessed.some(({ tasks }) => tasks.has("control-plane"));
  return guessed.map((host, index) =>
    host.tasks.size > 0 ? host : { ...host, tasks: new Set<Task>([!leads && index === 0 ? "control-plane" : "worker"]) },
  );
}

function guess(name: string): Task[] {
  if (/^(cp|master|control)/.test(name)) return ["control-plane"];
  if (/^(bastion|jump)/.test(name)) return ["bastion"];
  if (/^(nfs|storage)/.test(name)) return ["nfs"];
  return [];
}

function keyOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/\..*$/, "")
    .replaceAll(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
}
