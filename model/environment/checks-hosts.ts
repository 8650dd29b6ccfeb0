import { at, fields, isFields } from "../data";
import type { Hosts } from "../hosts";
import { type Findings, nearest } from "../problems";
import { repeated } from "./checks-pools";
import { everyMachine } from "./machines";
import type { EnvironmentFile } from "./schema";
import type { Environment } from "./types";

/** What a file must say, and must not, where the machines are there before the environment. */
export function checkHostFields(file: EnvironmentFile, environment: Environment, findings: Findings): void {
  const { hosts } = environment;
  if (hosts === undefined) return;
  for (const [pattern, remedy, allowed] of madeOnly(hosts))
    for (const { path, value } of found(file, pattern.split(".")))
      if (value !== allowed) findings.error(path, "is for machines that are made, and these are there already", remedy, scalar(value));
  checkRequired(file, hosts, findings);
  if (Object.keys(hosts.hosts).length === 0) {
    findings.error(`${hosts.field}.hosts`, "is required: the machines are there already", "describe each: `KEY: { address: … }`");
    return;
  }
  checkTasks(file, hosts, findings);
  checkDisks(hosts, findings);
  checkMaps(file, environment, hosts, findings);
}

type Wish = readonly [pattern: string, remedy: string, allowed?: unknown];

/** Fields that say what machines and networks are to be made like; `*` stands for any key. */
function madeOnly({ field }: Hosts): Wish[] {
  const out = "take it out";
  const described = (name: string): string => `give it at ${field}.hosts.KEY.${name}`;
  const anew = "hosts are not built anew: describe the new one under a key of its own, name it here, and take the old one out";
  const maps = ["cluster.controlPlane", "cluster.etcd", "cluster.pools.*"];
  return [
    ["infrastructure.region", out],
    ["infrastructure.zones", described("zone")],
    ["infrastructure.image", out],
    ["infrastructure.credentials", `${out}: the key to log in by is infrastructure.access.ssh.privateKey`],
    ["infrastructure.network.gateway", out],
    ["infrastructure.network.existing", out],
    ["infrastructure.access.bastion", `name the host that is the way in at ${field}.bastion`, false],
    ["infrastructure.access.ssh.publicKey", `${out}, and put it on the hosts yourself`],
    ["infrastructure.access.ssh.keyPair", out],
    ["platform.storage.sizeGiB", `${out}: a share is as large as the disk it is on`],
    ["platform.storage.size", out],
    ["cluster.pools.*.volumes", described("volumes")],
    ["cluster.pools.*.spread", out, false],
    ...maps.flatMap((map): Wish[] => [
      [`${map}.size`, out],
      [`${map}.generation`, anew, 1],
      [`${map}.nodes.*.size`, out],
      [`${map}.nodes.*.zone`, described("zone")],
      [`${map}.nodes.*.address`, described("address")],
      [`${map}.nodes.*.generation`, anew, 1],
    ]),
  ];
}

/** What is written at a dotted path with `*` in it. */
function found(value: unknown, [step, ...rest]: readonly string[], path: readonly string[] = []): { path: string; value: unknown }[] {
  if (step === undefined) return value === undefined ? [] : [{ path: path.join("."), value }];
  if (!isFields(value)) return [];
  const keys = step === "*" ? Object.keys(value) : Object.hasOwn(value, step) ? [step] : [];
  return keys.flatMap((key) => found(value[key], rest, [...path, key]));
}

function scalar(value: unknown): unknown {
  return typeof value === "object" ? undefined : value;
}

/** Nobody but the file's author knows what a network that was there before holds, and what opens the hosts. */
function checkRequired(file: EnvironmentFile, { field }: Hosts, findings: Findings): void {
  const { infrastructure, platform } = file;
  const required = (path: string, why: string, remedy: string): void => findings.error(path, `is required: ${why}`, remedy);
  if (infrastructure.network?.cidr === undefined)
    required(
      "infrastructure.network.cidr",
      "the hosts' network is there already",
      "give the network that they are in, such as 10.0.0.0/24",
    );
  if (platform?.loadBalancer?.kind !== "cloud" && fields(platform?.loadBalancer).range === undefined)
    required(
      "platform.loadBalancer.range",
      "nobody else knows which addresses of the hosts' network are free",
      "give some that nothing has, outside what DHCP gives: `loadBalancer: { kind: metallb, range: FIRST-LAST }`; the first is the ingress's",
    );
  if (infrastructure.access?.ssh?.privateKey === undefined && infrastructure.access?.ssh?.agent !== true)
    required(
      "infrastructure.access.ssh.privateKey",
      "nothing else opens hosts that are there already",
      "refer to the private key that logs in to them, such as { file: ~/.ssh/id_ed25519 }, or set agent: true for the keys of your SSH agent",
    );
  const storage = platform?.storage ?? { kind: "nfs" };
  const { nfs } = fields(at(file, field));
  const shared = storage.kind === "nfs" && fields(storage).server === undefined;
  if (shared && nfs === undefined)
    findings.error(
      "platform.storage",
      "needs somebody who serves it: no machine is made for it here",
      `name a host at ${field}.nfs, or give a server that is there ({ kind: nfs, server: ADDRESS, path: FOLDER }) or a class ({ kind: existing, className: NAME })`,
    );
  if (!shared && nfs !== undefined)
    findings.error(
      `${field}.nfs`,
      "would serve nothing: platform.storage takes its volumes from elsewhere",
      "take one of the two out",
      nfs,
    );
}

/** The hosts with a task of their own must be there. */
function checkTasks(file: EnvironmentFile, { field, hosts }: Hosts, findings: Findings): void {
  const own = fields(at(file, field));
  for (const task of ["bastion", "nfs"]) {
    const key = own[task];
    if (typeof key === "string" && !Object.hasOwn(hosts, key)) unknownHost(`${field}.${task}`, key, { field, hosts }, findings);
  }
}

/** Each disk once, by a name of its own. */
function checkDisks({ field, hosts }: Hosts, findings: Findings): void {
  for (const [key, { volumes = [] }] of Object.entries(hosts))
    for (const what of ["name", "device"] as const) {
      const given = volumes.map((volume) => volume[what]);
      for (const index of repeated(given))
        findings.error(
          `${field}.hosts.${key}.volumes.${index}.${what}`,
          `is the ${what} of another volume of the host already`,
          `give each volume of a host its own ${what}`,
          given[index],
        );
    }
}

function unknownHost(path: string, key: string, { field, hosts }: Hosts, findings: Findings): void {
  const near = nearest(key, Object.keys(hosts));
  findings.error(
    path,
    `"${key}" is none of the hosts of ${field}.hosts${near === undefined ? "" : `; did you mean "${near}"?`}`,
    `use one of ${Object.keys(hosts).join(", ")}, or describe it there`,
  );
}

/** Maps of nodes name hosts: a number would have to be made. */
function checkMaps({ cluster = {} }: EnvironmentFile, environment: Environment, hosts: Hosts, findings: Findings): void {
  const { controlPlane, etcd, pools } = cluster;
  const used = new Set(everyMachine(environment).map(({ machine }) => machine.key));
  const named = new Set<string>();
  const check = (path: string, nodes: unknown): void => {
    if (isFields(nodes)) {
      for (const key of Object.keys(nodes)) {
        named.add(key);
        if (!Object.hasOwn(hosts.hosts, key)) unknownHost(`${path}.${key}`, key, hosts, findings);
      }
      return;
    }
    findings.error(
      path,
      nodes === undefined
        ? "is required: the machines are there already, so the file says which"
        : "must name hosts: a number would have to be made",
      `write a map of keys of ${hosts.field}.hosts, such as { ${Object.keys(hosts.hosts)[0]}: {} }`,
      nodes,
    );
  };
  check("cluster.controlPlane.nodes", controlPlane?.nodes);
  if (etcd?.placement === "external") check("cluster.etcd.nodes", etcd.nodes);
  if (pools === undefined)
    findings.error(
      "cluster.pools",
      "is required: the machines are there already, so the file says which are workers",
      `write a pool with a map of keys of ${hosts.field}.hosts, such as { worker: { nodes: { ${Object.keys(hosts.hosts).at(-1)}: {} } } }`,
    );
  for (const [name, pool] of Object.entries(pools ?? {})) check(`cluster.pools.${name}.nodes`, pool.nodes);
  for (const key of Object.keys(hosts.hosts))
    if (!used.has(key) && !named.has(key))
      findings.warn(
        `${hosts.field}.hosts.${key}`,
        "nothing names this host, so nothing is done with it",
        "name it in a map of nodes, or take it out",
      );
}
