import { join } from "node:path";
import { makeFolder, PRIVATE_FOLDER } from "../../../host/files";
import {
  besideGroups,
  besideVariables,
  hostVariables,
  INVENTORY_PARENTS,
  inventoryGroups,
  inventoryVariables,
  kubeletVariables,
  proxyExceptions,
} from "../../../model/cluster/inventory";
import { playbooks } from "../../../model/cluster/playbooks";
import type { ClusterSpec, ClusterStep } from "../../../model/cluster/types";
import { fields } from "../../../model/data";
import type { SshInputs } from "../inputs";
import type { StepContext } from "../runner";
import { writePrivate } from "./ssh-config";

/** An inventory in the form that Ansible reads from a file. */
export interface InventoryFiles {
  /** Hosts and groups. */
  readonly hosts: unknown;
  /** Variables of the group `all`. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Those of them that hold secrets. */
  readonly secrets: Readonly<Record<string, unknown>>;
}

/** The inventory of one run. Values keep their types: the files are JSON. */
export function inventoryFiles(context: StepContext, step?: Pick<ClusterStep, "playbook" | "broken">): InventoryFiles {
  const { inventory, secretVariables, secretValues } = context;
  const entries = Object.entries({ ...ownVariables(inventory), ...inventoryVariables(inventory) });
  const isSecret = ([name]: readonly [string, unknown]) => secretVariables.includes(name);
  const values = new Set(secretValues);
  return {
    hosts: hostsOf(context, step),
    variables: Object.fromEntries(entries.filter((entry) => !isSecret(entry))),
    secrets: Object.fromEntries(entries.filter(isSecret).map(([name, value]) => [name, asIs(value, values)])),
  };
}

/** What a run is told besides its inventory. */
export interface RunArguments {
  readonly extraVars: Readonly<Record<string, unknown>>;
  readonly limit: readonly string[];
  readonly tags: readonly string[];
  readonly ssh: SshInputs;
}

/** Writes what a run is told into its folder: whatever may be secret goes by files of this user's. @returns what ansible-playbook is given */
export function writeArguments(
  folder: string,
  files: InventoryFiles,
  { extraVars, limit, tags, ssh: { becomePassword } }: RunArguments,
): string[] {
  const inventory = writeInventory(folder, files);
  const extra = join(folder, "extra.json");
  if (Object.keys(extraVars).length > 0) writePrivate(extra, JSON.stringify(extraVars));
  const become = join(folder, "become");
  if (becomePassword !== undefined) writePrivate(become, `${becomePassword}\n`);
  return [
    ...["--inventory", inventory],
    ...(limit.length > 0 ? ["--limit", limit.join(",")] : []),
    ...(tags.length > 0 ? ["--tags", tags.join(",")] : []),
    ...(Object.keys(extraVars).length > 0 ? ["--extra-vars", `@${extra}`] : []),
    ...(becomePassword !== undefined ? ["--become-password-file", become] : []),
  ];
}

/** Writes the inventory into a run's folder. @returns what `ansible-playbook -i` takes */
export function writeInventory(folder: string, { hosts, variables, secrets }: InventoryFiles): string {
  const path = join(folder, "inventory");
  // Ansible reads the files of a group in the order of their names.
  const group = join(path, "group_vars", "all");
  makeFolder(group, PRIVATE_FOLDER);
  const file = join(path, "hosts.json");
  writePrivate(file, JSON.stringify(hosts));
  writePrivate(join(group, "1-variables.json"), JSON.stringify(variables));
  writePrivate(join(group, "2-secrets.json"), JSON.stringify(secrets));
  return file;
}

/**
 * kubespray's playbooks see the nodes alone. No host is called or grouped `bastion` there: it would go through it by a way of its own, that
 * checks no host key.
 */
function hostsOf({ inventory, machines, secretValues }: StepContext, step?: Pick<ClusterStep, "playbook" | "broken">): unknown {
  const isOurs = step !== undefined && playbooks[step.playbook].of === "ours";
  const groups = { ...inventoryGroups(inventory, step?.broken), ...(isOurs ? besideGroups(inventory) : {}) };
  const beside = Object.entries(isOurs ? (inventory.hosts ?? {}) : {}).filter(([name]) => inventory.nodes[name] === undefined);
  const members = (names: readonly string[]) => ({ hosts: Object.fromEntries(names.map((name) => [name, {}])) });
  const parents = Object.entries(INVENTORY_PARENTS).map(([name, children]) => [
    name,
    { children: Object.fromEntries(children.map((child) => [child, {}])) },
  ]);
  return {
    all: {
      hosts: Object.fromEntries(
        [
          ...Object.entries(inventory.nodes).map(([name, node]) => {
            const kubelet = kubeletVariables(node, machines[name]?.machineId ?? "", inventory.variables);
            return [name, { ...hostVariables(node), ...fields(asIs(kubelet, new Set(secretValues))) }] as const;
          }),
          ...beside.map(([name, host]) => [name, besideVariables(host)] as const),
        ].map(([name, variables]) => [name, { ...variables, ...connection(name, machines[name]) }]),
      ),
      children: {
        ...Object.fromEntries(Object.entries(groups).map(([name, names]) => [name, members(names)])),
        ...Object.fromEntries(parents),
      },
    },
  };
}

/** SSH's configuration knows the machine by the node's name; kubespray writes the address into files. */
function connection(name: string, machine: StepContext["machines"][string] | undefined): Record<string, unknown> {
  if (machine === undefined) return {};
  return {
    ansible_host: machine.dialAddress,
    ansible_ssh_host: name,
    ...(machine.sshUser === undefined ? {} : { ansible_user: machine.sshUser }),
    ...(machine.sshPort === undefined ? {} : { ansible_port: machine.sshPort }),
  };
}

/** What this tool says to every playbook. The cluster's own variables take precedence. */
function ownVariables(inventory: ClusterSpec): Record<string, unknown> {
  const { http_proxy: http, https_proxy: https } = inventory.variables;
  const proxies = Object.entries({ http_proxy: http, https_proxy: https }).filter(([, value]) => typeof value === "string" && value !== "");
  const proxy = Object.fromEntries(proxies.length === 0 ? [] : [...proxies, ["no_proxy", proxyExceptions(inventory)]]);
  const both = Object.entries(proxy).flatMap(([name, value]) => [
    [name, value],
    [name.toUpperCase(), value],
  ]);
  return {
    // kubespray's default goes through a bastion without checking its host key; ours is in the configuration of SSH.
    ansible_ssh_common_args: "",
    kpaas_cluster: inventory.name,
    ...(both.length === 0 ? {} : { kpaas_proxy_env: Object.fromEntries(both) }),
  };
}

/** Secret texts are no templates, whatever stands in them. */
function asIs(value: unknown, secrets: ReadonlySet<string>): unknown {
  if (typeof value === "string") return secrets.has(value) && /\{[{%#]/.test(value) ? { __ansible_unsafe: value } : value;
  if (Array.isArray(value)) return value.map((each) => asIs(each, secrets));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, asIs(each, secrets)]));
}
