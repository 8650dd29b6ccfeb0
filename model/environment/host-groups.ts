import type { Hosts } from "../hosts";
import type { WantedGroup, WantedMachine } from "./types";

/** What a host can do beside the cluster. */
const TASKS = ["bastion", "nfs"] as const;
type Tasks = Readonly<Partial<Record<(typeof TASKS)[number], string | undefined>>>;

/**
 * The groups of machines that are there before the environment: those of the cluster, whose keys name hosts, and beside them whoever has
 * another task only.
 * @param shared whether one of them serves the volumes
 */
export function hostGroups(groups: readonly WantedGroup[], hosts: Hosts, shared: boolean): WantedGroup[] {
  const tasks: Tasks = { bastion: hosts.bastion, nfs: shared ? hosts.nfs : undefined };
  const named = groups.map((group) => ({
    ...group,
    volumes: [],
    machines: group.machines.flatMap(({ key }) => hostMachine(key, hosts, tasks)),
  }));
  const nodes = new Set(named.flatMap(({ machines }) => machines.map(({ key }) => key)));
  const beside = TASKS.flatMap((task) => tasks[task] ?? []).filter((key) => isHost(hosts, key) && !nodes.has(key));
  const others = [...new Set(beside)].map((key): WantedGroup => {
    const [task = "nfs", ...more] = TASKS.filter((each) => tasks[each] === key);
    const machines = hostMachine(key, hosts, Object.fromEntries(more.map((each) => [each, key])));
    const plain = { labels: {}, taints: [], volumes: [], spread: false, counted: false };
    return { ...plain, name: task, path: `${hosts.field}.${task}`, roles: [task], machines };
  });
  const isFirst = ({ name }: WantedGroup): boolean => name === "bastion";
  return [...others.filter(isFirst), ...named, ...others.filter((group) => !isFirst(group))];
}

/** The machine that a host is; none where there is no such host, which is told elsewhere. */
function hostMachine(key: string, hosts: Hosts, tasks: Tasks): WantedMachine[] {
  const host = isHost(hosts, key) ? hosts.hosts[key] : undefined;
  if (host === undefined) return [];
  const { address, accessAddress, zone, user, port, volumes = [] } = host;
  const login = {
    ...(accessAddress === undefined || accessAddress === address ? {} : { address: accessAddress }),
    ...(user === undefined ? {} : { user }),
    ...(port === undefined || port === 22 ? {} : { port }),
  };
  const also = TASKS.filter((task) => tasks[task] === key);
  return [
    {
      ...{ key, size: "", generation: 1, address },
      ...(zone === undefined ? {} : { zone }),
      host: { path: `${hosts.field}.hosts.${key}`, login, also, volumes },
    },
  ];
}

/** Whether a key is that of one of the hosts. */
export function isHost({ hosts }: Hosts, key: string | undefined): boolean {
  return key !== undefined && Object.hasOwn(hosts, key);
}

/** Every zone that a machine of the groups stands in. */
export function zonesOf(groups: readonly WantedGroup[]): string[] {
  return [...new Set(groups.flatMap(({ machines }) => machines.flatMap(({ zone }) => zone ?? [])))];
}
