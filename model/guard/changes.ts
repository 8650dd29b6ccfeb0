import type { ChangedField, CloudDefinition } from "../cloud";
import { fieldOf, type Registry } from "../registry";
import type { ServiceDefinition } from "../service";
import type { Danger } from "./danger";

/*
 * What may change on an environment that stands, and how: by field of the environment file. The guard, the cluster's own diff and
 * docs/environment-file.md are held to it by test/model/guard/changes.test.ts. Which variables of kubespray are fixed is in
 * model/cluster/variables.ts, which guard, diff and sandbox read.
 */

/** What becomes of a change. */
export type ChangeKind =
  /** `up` brings what stands to it. */
  | "applied"
  /** Machines take it that are built from then on. */
  | "built"
  /** Refused until it is approved: the action of the approval. */
  | Exclude<Danger["action"], "never">
  /** Refused; a new environment beside this one can have it. */
  | "refused"
  /** By what it gives to other fields. */
  | "follows"
  /** No value of it is supported yet. */
  | "later";

export interface ChangeRow {
  /** Dotted; `KEY` for a name of the file's own. It stands for the fields below it that have no row of their own. */
  readonly path: string;
  /** Which change of the field is meant, where others end otherwise. */
  readonly when?: string;
  readonly how: ChangeKind;
}

const rows = (how: ChangeKind, ...paths: readonly (string | readonly [path: string, when: string])[]): ChangeRow[] =>
  paths.map((each) => (typeof each === "string" ? { path: each, how } : { path: each[0], when: each[1], how }));

/** One row for every field, or for the fields below it. */
export function changeRows(registry: Registry): ChangeRow[] {
  return [...fileRows, ...Object.values(registry.clouds).flatMap(cloudRows), ...Object.values(registry.services).flatMap(serviceRows)];
}

/** What a change of a cloud's own options does. */
function cloudRows({ name, changes: { refused, built, applied = [], follows = [] } }: CloudDefinition): ChangeRow[] {
  const below = (field: ChangedField) =>
    typeof field === "string" ? `infrastructure.${name}.${field}` : ([`infrastructure.${name}.${field[0]}`, field[1]] as const);
  return [
    ...rows("applied", ...applied.map(below)),
    ...rows("built", ...built.map(below)),
    ...rows("refused", ...refused.map(below)),
    ...rows("follows", ...follows.map(below)),
  ];
}

/** What the change of a service may cost. */
function serviceRows(service: ServiceDefinition): ChangeRow[] {
  return [
    ...rows("refused", ...Object.keys(service.fixed ?? {}).map((field) => `${fieldOf(service)}.${field}`)),
    ...(service.replicas === "quorum" ? rows("refused", [`${fieldOf(service)}.replicas`, "fewer"]) : []),
    ...(typeof service.replicas === "object" ? rows("refused", [`${fieldOf(service)}.replicas`, "one to several, or back"]) : []),
    ...(service.holds ? rows("drop-data", [`${fieldOf(service)}.${service.holds.field}`, "one that goes"]) : []),
    ...(service.keeps === "data" ? rows("drop-database", [fieldOf(service), "switched off"]) : []),
  ];
}

const fileRows: readonly ChangeRow[] = [
  ...rows("follows", "extends", "profile"),
  ...rows(
    "applied",
    "labels",
    "retain",
    ["layers", "one to three"],
    ["protect", "to data"],
    "infrastructure.credentials",
    "infrastructure.network.dns",
    "infrastructure.network.floating",
    "infrastructure.network.reserved",
    "infrastructure.access",
    "infrastructure.access.ssh.agent",
    "infrastructure.access.ssh.sudoPassword",
    "cluster.pools",
    "cluster.pools.KEY.nodes",
    "cluster.pools.KEY.nodes.KEY.generation",
    "cluster.kubernetes",
    ...["controlPlane", "etcd", "pools.KEY"].flatMap((group) => [`cluster.${group}.generation`, `cluster.${group}.maintenance`]),
    "cluster.controlPlane.nodes",
    "cluster.controlPlane.nodes.KEY.generation",
    "cluster.etcd.nodes",
    "cluster.etcd.nodes.KEY.generation",
    "cluster.runtime",
    "cluster.pools.KEY.labels",
    "cluster.pools.KEY.taints",
    ["cluster.pools.KEY.volumes", "added or larger"],
    "cluster.hardening",
    ["cluster.hardening.encryptSecrets", "switched on"],
    "cluster.certificates",
    "cluster.kubespray",
    "cluster.registries",
    "cluster.airGap",
    "cluster.backups",
    "cluster.onDelete",
    "cluster.variables",
    "platform.loadBalancer",
    "platform.ingress.beside",
    ...["replicas", "autoscaling", "resources", "nodeSelector", "tolerations", "reaches", "values"].map(
      (field) => `platform.ingress.${field}`,
    ),
    ...["storage", "loadBalancer"].flatMap((each) =>
      ["resources", "nodeSelector", "tolerations", "values"].map((field) => `platform.${each}.${field}`),
    ),
    "platform.storage.classes",
    ["platform.storage.volumes", "added"],
    ["platform.storage.replicas", "more"],
    "platform.storage.reclaim",
    "platform.storage.daemons",
    ["platform.storage.objects", "switched on"],
    ["platform.storage", "a larger share of its own"],
    ["platform.tls.authorities", "one more, another order, or one less behind the first"],
    "platform.services",
    "platform.tenants",
    "platform.extra",
  ),
  ...rows("built", "infrastructure.image", "infrastructure.zones", "infrastructure.access.ssh", "cluster.pools.KEY.spread"),
  ...rows(
    "remove",
    ["cluster.pools", "a pool that goes"],
    ["cluster.pools.KEY.nodes", "taken out of the file, or a machine with volumes"],
    ["cluster.controlPlane.nodes", "taken out of the file"],
    ["infrastructure.access.bastion", "to false"],
  ),
  ...rows(
    "resize",
    "cluster.controlPlane.size",
    "cluster.controlPlane.nodes.KEY.size",
    "cluster.etcd.size",
    "cluster.etcd.nodes.KEY.size",
    "cluster.pools.KEY.size",
    "cluster.pools.KEY.nodes.KEY.size",
  ),
  ...rows("rebuild", ["cluster.pools.KEY.generation", "with volumes"], ["cluster.pools.KEY.nodes.KEY.generation", "with volumes"]),
  ...rows("discard-volume", ["cluster.pools.KEY.volumes", "one that goes"]),
  ...rows("unprotect", ["protect", "to none"], ["platform.storage.replicas", "fewer, and more than one"]),
  ...rows(
    "move-address",
    ["infrastructure.network.floating", "another address, or none"],
    ["infrastructure.access.adminCidrs", "nobody any more"],
    ["infrastructure.access.ingressCidrs", "nobody outside any more"],
  ),
  ...rows("move-endpoint", "cluster.apiEndpoint", [
    "cluster.controlPlane.generation",
    "where the address of the first one is the endpoint",
  ]),
  ...rows("drop-tenant", ["platform.tenants", "taken out of the file"]),
  ...rows("drop-extra", ["platform.extra", "a release or a volume claim that goes"]),
  ...rows("move-ingress", "platform.ingress", ["platform.ingress.kind", "with the other one beside it before and after"]),
  ...rows("move-domain", "platform.domain"),
  ...rows("change-authority", "platform.tls", ["platform.tls.authorities", "another first one at once"]),
  ...rows("move-release", ["release", "a later one"]),
  ...rows(
    "refused",
    "name",
    ["release", "an older one"],
    ["layers", "three to one"],
    "infrastructure.provider",
    "infrastructure.region",
    "infrastructure.network.cidr",
    "infrastructure.network.gateway",
    "infrastructure.network.existing",
    ["cluster.kubernetes", "an older one"],
    "cluster.etcd",
    ["cluster.pools.KEY.nodes.KEY.address", "of a machine that stands"],
    ["cluster.pools.KEY.nodes.KEY.zone", "of a machine that stands"],
    ["cluster.pools.KEY.nodes.KEY.generation", "a lower one"],
    ...["controlPlane", "etcd", "pools.KEY"].map((group) => [`cluster.${group}.generation`, "a lower one"] as const),
    ...(["controlPlane", "etcd"] as const).flatMap((group) =>
      (
        [
          ["address", "of a machine that stands"],
          ["zone", "of a machine that stands"],
          ["generation", "a lower one"],
        ] as const
      ).map(([field, when]) => [`cluster.${group}.nodes.KEY.${field}`, when] as const),
    ),
    ["cluster.pools.KEY.volumes", "a smaller one, of another type, or mounted elsewhere"],
    "cluster.network",
    ["cluster.hardening.encryptSecrets", "switched off"],
    ["cluster.variables", "one of those below"],
    "platform.storage",
    "platform.storage.failureDomain",
    ["platform.storage.volumes", "one that goes"],
    ["platform.storage.objects", "switched off"],
    ["platform.ingress.kind", "without"],
    ["platform.loadBalancer.kind", "once it stands"],
    ["platform.loadBalancer.services", "once it stands"],
    ["platform.services.KEY.size", "where the class cannot change it"],
  ),
  ...rows("later", "edge", "cluster.engine"),
];

/** How each kind of change is put in words, in the order of the documentation. */
const KINDS: readonly (readonly [title: string, kinds: readonly ChangeKind[] | undefined])[] = [
  ["is applied to what stands", ["applied"]],
  ["counts for machines that are built from then on", ["built"]],
  ["asks for an approval", undefined],
  ["is refused: a new environment beside this one can have it", ["refused"]],
  ["goes by the fields it gives values to", ["follows"]],
];

/** The table as the documentation shows it. */
export function changeTable(registry: Registry): string {
  const told = KINDS.flatMap(([, kinds]) => kinds ?? []);
  const lines = KINDS.map(([title, kinds]) => {
    const matching = changeRows(registry).filter(({ how }) =>
      kinds === undefined ? !told.includes(how) && how !== "later" : kinds.includes(how),
    );
    return `| ${title} | ${matching.map((row) => describeRow(row, kinds === undefined)).join(", ")} |`;
  });
  return ["| a change of these | fields |", "|---|---|", ...lines].join("\n");
}

function describeRow({ path, when, how }: ChangeRow, named: boolean): string {
  const more = [when, named ? how : undefined].filter((each) => each !== undefined);
  return `\`${path}\`${more.length === 0 ? "" : ` (${more.join(": ")})`}`;
}
