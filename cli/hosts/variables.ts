import { parseAddress } from "../../model/ipv4";
import type { Found, FoundHost, HostsProblems, Task } from "./found";

/** The variables of K-PaaS' own deployment scripts, by name, as `cp-cluster-vars.sh` sets them. */
export function readShell(text: string): ReadonlyMap<string, string> {
  const lines = text.matchAll(/^\s*(?:export\s+)?([A-Z][A-Z0-9_]*)=(?:"([^"]*)"|'([^']*)'|([^\s#]*))/gm);
  return new Map([...lines].map(([, name = "", double, single, bare]) => [name, (double ?? single ?? bare ?? "").trim()]));
}

/** Whether a text is such a file. */
export function isVariables(text: string): boolean {
  return /^\s*(export\s+)?(KUBE_CONTROL_HOSTS|MASTER1_NODE_HOSTNAME)=/m.test(text);
}

/** Variables that have another form here, and which. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  INSTALL_KYVERNO: "platform.services.kyverno",
  CSP_TYPE: "no load balancers of NHN or NAVER are made on hosts that are there: MetalLB gives the addresses",
};

/** The hosts of a `cp-cluster-vars.sh`. */
export function fromVariables(text: string, problems: HostsProblems): Found {
  const values = readShell(text);
  const value = (name: string): string | undefined => values.get(name) || undefined;
  const hosts: FoundHost[] = [];
  const count = (name: string, fallback: number): number => {
    const written = value(name);
    if (written === undefined) return fallback;
    if (/^\d{1,4}$/.test(written)) return Number(written);
    problems.add(name, `must be a number (is "${written}")`, "write how many there are");
    return 0;
  };
  const read = (prefix: string, index: number, tasks: readonly Task[]): void => {
    const [host, address] = [`${prefix}${index}_NODE_HOSTNAME`, `${prefix}${index}_NODE_PRIVATE_IP`].map((name) => value(name));
    if (host === undefined || address === undefined) {
      for (const [name, given] of [
        ["HOSTNAME", host],
        ["PRIVATE_IP", address],
      ] as const)
        if (given === undefined) problems.add(`${prefix}${index}_NODE_${name}`, "is empty", "give it a value");
      return;
    }
    const outside = value(`${prefix}${index}_NODE_PUBLIC_IP`);
    hosts.push({ name: host, address, ...(outside && outside !== address ? { accessAddress: outside } : {}), tasks: new Set(tasks) });
  };
  const controlPlanes = count("KUBE_CONTROL_HOSTS", 1);
  const external = value("ETCD_TYPE") === "external" && controlPlanes > 1;
  for (let index = 1; index <= controlPlanes; index += 1) read("MASTER", index, external ? ["control-plane"] : ["control-plane", "etcd"]);
  if (external) for (let index = 1; index <= controlPlanes; index += 1) read("ETCD", index, ["etcd"]);
  const workers = count("KUBE_WORKER_HOSTS", 0);
  if (workers === 0) problems.add("KUBE_WORKER_HOSTS", "is empty: the platform needs a worker", "say how many there are");
  for (let index = 1; index <= workers; index += 1) read("WORKER", index, ["worker"]);
  const storage = value("STORAGE_TYPE");
  const server = storage === undefined || storage === "nfs" ? value("NFS_SERVER_PRIVATE_IP") : undefined;
  const endpoint = value("LOADBALANCER_DOMAIN");
  const user = value("MASTER1_NODE_USER");
  const range = value("METALLB_IP_RANGE");
  const ingress = value("INGRESS_NGINX_IP");
  const others = [...values].flatMap(([name, given]) =>
    given !== "" && given !== "N" && LEFT_OUT[name] ? [`${name}=${given}: ${LEFT_OUT[name]}`] : [],
  );
  return {
    hosts,
    ...(user ? { user } : {}),
    ...(range ? { loadBalancerRange: range } : {}),
    ...(ingress ? { ingressAddress: ingress } : {}),
    ...(endpoint && parseAddress(endpoint) === undefined ? { endpointDomain: endpoint } : {}),
    ...(server ? { nfsServer: server } : {}),
    leftOut: [
      ...others,
      ...(storage !== undefined && storage !== "nfs"
        ? [`STORAGE_TYPE=${storage}: platform.storage of kind rookCeph, once each host of the pool names its disks`]
        : []),
      ...(endpoint && parseAddress(endpoint) !== undefined
        ? [`LOADBALANCER_DOMAIN=${endpoint}: workers reach every control plane by themselves`]
        : []),
    ],
  };
}
