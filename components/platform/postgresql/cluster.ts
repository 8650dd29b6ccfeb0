import { kebab } from "../../../model/service";
import type { PlannedArgs } from "../args";
import { accountOf, formerAccounts } from "../database/accounts";
import { placed, resourceRequirements } from "../objects";
import type { DatabaseSpec, PostgreSqlArgs } from "./args";
import { accountRules, DEFAULT_GIB, NAMES, SETTINGS } from "./config";
import { POSTGRES_USER } from "./workload";

/** The API of the operator's objects. */
export const API_VERSION = "postgresql.cnpg.io/v1";

/** Labels that the operator gives the pods of the members, and of the jobs that make them. */
export const MEMBER_LABELS = { "cnpg.io/cluster": NAMES.server } as const;

/** Where members answer for the operator, beside where they answer for clients. */
export const STATUS_PORT = 8000;

/** Name of what belongs to an account: users are called as services are, and objects in lower case. */
export function accountObject(user: string): string {
  return `${NAMES.server}-${kebab(user).replace(/[^a-z0-9-]/g, "-")}`;
}

/**
 * Several members, of which one leads. Whatever was acknowledged is on another one too, and only one that has it is made to lead: where that
 * cannot be known, nobody leads until it is. A leader that reaches neither the API nor another member ends itself.
 */
export function clusterSpec({ plan, databases, podCidr, storageClass, scrapedFrom }: PlannedArgs<PostgreSqlArgs>, image: string): object {
  const specs = Object.values(databases);
  return {
    instances: plan.replicas,
    imageName: image,
    postgresUID: POSTGRES_USER,
    postgresGID: POSTGRES_USER,
    // Whoever may run commands in a member's pod is its superuser there; nobody is from elsewhere.
    enableSuperuserAccess: false,
    bootstrap: { initdb: { dataChecksums: true, encoding: "UTF8", localeCollate: "C.UTF-8", localeCType: "C.UTF-8" } },
    certificates: { serverCASecret: NAMES.tls, serverTLSSecret: NAMES.tls },
    postgresql: {
      parameters: Object.fromEntries(Object.entries(SETTINGS).map(([name, value]) => [name, String(value)])),
      pg_hba: accountRules(specs, podCidr),
      synchronous: { method: "any", number: (plan.replicas - 1) / 2, dataDurability: "required", failoverQuorum: true },
    },
    managed: {
      roles: [...new Map(specs.map((spec) => [spec.user, spec])).values()].flatMap(managedRoles),
      services: {
        disabledDefaultServices: ["ro", "r"],
        additional: [{ selectorType: "rw", serviceTemplate: { metadata: { name: NAMES.server } } }],
      },
    },
    storage: { storageClass, size: `${plan.sizeGiB ?? DEFAULT_GIB}Gi` },
    resources: resourceRequirements(plan.resources),
    ...(Object.keys(placed(plan)).length > 0 ? { affinity: placed(plan) } : {}),
    // By the certificate that clients are shown.
    ...(scrapedFrom ? { monitoring: { tls: { enabled: true } } } : {}),
    primaryUpdateMethod: "switchover",
    // As it does by itself: a drain leaves all members but one, and each is on a node of its own as far as there are enough.
    enablePDB: true,
    affinity: { enablePodAntiAffinity: true, podAntiAffinityType: "preferred", topologyKey: "kubernetes.io/hostname" },
  };
}

/** The account in use, and those before it: the operator leaves passwords alone that it is told nothing of. */
function managedRoles(spec: DatabaseSpec): object[] {
  const may = { login: true, superuser: false, createdb: false, createrole: false, replication: false, bypassrls: false };
  const [inUse, former] = [accountOf(spec), formerAccounts(spec)];
  return [
    ...former.map((name) => ({ name, ensure: "present", ...may, ...(name === spec.user ? {} : { inRoles: [spec.user] }) })),
    {
      ...{ name: inUse, ensure: "present", ...may },
      ...(former.length === 0 ? {} : { inRoles: former }),
      passwordSecret: { name: accountObject(inUse) },
    },
  ];
}

/** A database, which stays when it is no longer claimed. */
export function databaseSpec({ database, user }: DatabaseSpec): object {
  const form = { encoding: "UTF8", localeCollate: "C.UTF-8", localeCType: "C.UTF-8", template: "template0" };
  return { cluster: { name: NAMES.server }, name: database, owner: user, ensure: "present", databaseReclaimPolicy: "retain", ...form };
}
