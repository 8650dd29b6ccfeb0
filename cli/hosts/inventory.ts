import { parseDocument } from "yaml";
import { isFields } from "../../model/data";
import type { Found, FoundHost, HostsProblems, Task } from "./found";

/** kubespray's groups, also by their former names. */
const GROUPS: Readonly<Record<string, Task>> = {
  kube_control_plane: "control-plane",
  "kube-master": "control-plane",
  kube_node: "worker",
  "kube-node": "worker",
  etcd: "etcd",
  bastion: "bastion",
  nfs: "nfs",
  nfs_server: "nfs",
};

type Variables = Map<string, Map<string, string>>;

/** The hosts of an inventory of Ansible, written as INI. */
export function fromIni(text: string, problems: HostsProblems): Found {
  const variables: Variables = new Map();
  const groups = new Map<string, string[]>();
  const common = new Map<string, string>();
  let group = "";
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.replace(/(^|\s)[#;].*$/, "").trim();
    const heading = /^\[([^\]]+)\]$/.exec(line)?.[1];
    if (heading !== undefined) group = heading;
    else if (line !== "" && group.endsWith(":vars")) {
      const [, name = "", value = ""] = /^([^=\s]+)\s*=\s*(.*)$/.exec(line) ?? [];
      if (/^(all|k8s_cluster):/.test(group)) common.set(name, unquoted(value));
    } else if (line !== "" && !group.endsWith(":children")) {
      const [name = "", ...pairs] = line.split(/\s+/);
      const own = variables.get(name) ?? new Map<string, string>();
      for (const pair of pairs) {
        const [, key, value] = /^([^=]+)=(.*)$/.exec(pair) ?? [];
        if (key === undefined || value === undefined)
          problems.add(`line ${index + 1}`, `"${pair}" is no key=value`, "write it so, or take it out");
        else own.set(key, unquoted(value));
      }
      variables.set(name, own);
      groups.set(group, [...(groups.get(group) ?? []), name]);
    }
  }
  return found(variables, groups, common, problems);
}

/** The same written as YAML. */
export function fromYaml(text: string, problems: HostsProblems): Found {
  const variables: Variables = new Map();
  const groups = new Map<string, string[]>();
  const common = new Map<string, string>();
  const walk = (name: string, content: unknown): void => {
    if (!isFields(content)) return;
    for (const [host, own] of Object.entries(isFields(content.hosts) ? content.hosts : {})) {
      const known = variables.get(host) ?? new Map<string, string>();
      for (const [key, value] of Object.entries(isFields(own) ? own : {})) known.set(key, String(value));
      variables.set(host, known);
      groups.set(name, [...(groups.get(name) ?? []), host]);
    }
    if (name === "all")
      for (const [key, value] of Object.entries(isFields(content.vars) ? content.vars : {})) common.set(key, String(value));
    for (const [child, each] of Object.entries(isFields(content.children) ? content.children : {})) walk(child, each);
  };
  const document = parseDocument(text, { prettyErrors: false });
  const lineOf = (at: number): string => `line ${text.slice(0, at).split("\n").length}`;
  for (const { pos, message } of document.errors) problems.add(lineOf(pos[0]), `is no YAML: ${message}`, "mend it");
  if (document.errors.length > 0) return { hosts: [], leftOut: [] };
  const content: unknown = document.toJS();
  for (const [name, each] of Object.entries(isFields(content) ? content : {})) walk(name, each);
  return found(variables, groups, common, problems);
}

function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, "$2");
}

function found(
  variables: Variables,
  groups: ReadonlyMap<string, readonly string[]>,
  common: ReadonlyMap<string, string>,
  problems: HostsProblems,
): Found {
  const hosts = [...variables].flatMap(([name, own]): FoundHost[] => {
    const tasks = new Set([...groups].flatMap(([group, members]) => (GROUPS[group] && members.includes(name) ? [GROUPS[group]] : [])));
    const reached = own.get("ansible_host") ?? own.get("ansible_ssh_host");
    const address = own.get("ip") ?? own.get("access_ip") ?? reached;
    if (tasks.size === 0) return [];
    if (address === undefined) {
      problems.add(name, "has no address", "give it ip=… or ansible_host=…");
      return [];
    }
    const [user, told] = [own.get("ansible_user") ?? own.get("ansible_ssh_user"), own.get("ansible_port") ?? own.get("ansible_ssh_port")];
    const port = told === undefined ? undefined : Number(told);
    if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536))
      problems.add(name, `"${told}" is no port`, "give SSH's, or leave it out");
    return [
      {
        ...{ name, address, tasks },
        ...(reached !== undefined && reached !== address ? { accessAddress: reached } : {}),
        ...(user === undefined || user === common.get("ansible_user") ? {} : { user }),
        ...(port === undefined ? {} : { port }),
      },
    ];
  });
  const user = common.get("ansible_user");
  return { hosts, ...(user === undefined ? {} : { user }), leftOut: [] };
}
