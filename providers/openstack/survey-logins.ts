import { type GetAuthScopeResult, getAuthScope } from "@pulumi/openstack/identity/getAuthScope";
import { type InvokeOptions, type Output, output } from "@pulumi/pulumi";
import type { CloudPartName } from "../../model/cloud-parts";
import type { EnvironmentPlan } from "../../model/plan/types";
import type { Finding } from "../../model/problems";
import type { Put, Question } from "../asking/ask";
import { loginsOf } from "./access-rules";
import { type OpenStackPlan, ownField } from "./plan";

/** What has to be known of a part that logs in. */
interface Asking {
  /** The field that has it. */
  readonly path: string;
  readonly what: string;
  /** What of the catalogue it asks for, by the types that its version knows: it ends where one is not there. */
  readonly asks: readonly string[];
  readonly instead: string;
}

const PARTS: Readonly<Record<CloudPartName, Asking>> = {
  controller: {
    path: "platform.loadBalancer.kind",
    what: "the controller",
    asks: ["identity", "network", "load-balancer"],
    instead: "use metallb",
  },
  volumes: {
    path: "platform.storage.kind",
    what: "the driver of volumes",
    asks: ["identity", "compute", "volumev3"],
    instead: "use nfs or existing",
  },
};

/** Where logins of the cluster's log in; empty where nothing in the cluster has to know. */
export interface LoggedIn {
  /** The address of the cloud's identity, as its own catalogue says. */
  readonly identity: Output<string>;
  readonly region: Output<string>;
}

/**
 * The roles that logins of the cluster's are to have, since whoever makes one can give only what it has itself; where they log in; and whether
 * what they ask for is there, at ports that machines are let out to.
 */
export function askLogins(
  plan: EnvironmentPlan,
  { applicationCredential: own, region: named }: OpenStackPlan,
  put: Put,
  options: InvokeOptions,
): LoggedIn {
  const logins = loginsOf(plan);
  if (own !== undefined && own.uses.length > 0) void put(rolesQuestion(ownField(plan, "applicationCredential.roles"), own.roles, options));
  for (const { part, roles } of logins)
    void put(rolesQuestion(PARTS[part].path, roles, options, `have the operator give them, or ${PARTS[part].instead}`));
  // Where the file names none, the provider has one of its environment's or of clouds.yaml.
  const regionOf = (scope: GetAuthScopeResult) => named ?? (scope.region || undefined);
  const [first] = logins.map(({ part }) =>
    put({
      path: PARTS[part].path,
      what: "the addresses of its services",
      ask: () => getAuthScope({ name: "kpaas" }, options),
      check: (scope) => lackingFor(plan, part, scope, regionOf(scope)),
    }),
  );
  if (first === undefined) return { identity: output(""), region: output("") };
  return {
    identity: output(first.then((scope) => (scope && publicAddress(scope, "identity", regionOf(scope))) ?? "")),
    region: output(first.then((scope) => (scope ? regionOf(scope) : named) ?? "")),
  };
}

/** What keeps a part from the services that it asks for. */
function lackingFor(plan: EnvironmentPlan, part: CloudPartName, scope: Catalogue, region: string | undefined): Finding | undefined {
  const { path, what, asks, instead } = PARTS[part];
  const open = openPorts(plan);
  const found = asks.map((type) => ({ type, address: publicAddress(scope, type, region) }));
  const missing = found.filter(({ address }) => address === undefined).map(({ type }) => type);
  if (missing.length > 0)
    return {
      path,
      reason: `the cloud's catalogue names no public address of ${missing.join(", ")}${region === undefined ? "" : ` in ${region}`}, which ${what} asks for by that name alone`,
      remedy: `have the operator enter one, or ${instead}`,
    };
  const closed = found.flatMap(({ type, address = "" }) => (open.has(portOf(address)) ? [] : [`${type} at ${address}`]));
  if (closed.length === 0) return undefined;
  return {
    path,
    reason: `control planes are not let out to ${closed.join(", ")}: they are to ports ${[...open].sort((a, b) => a - b).join(", ")} alone`,
    remedy: `have the operator enter public addresses at these ports, or ${instead}`,
  };
}

type Catalogue = Pick<GetAuthScopeResult, "serviceCatalogs">;

/** The public address of a service, in the region where there are several. */
function publicAddress({ serviceCatalogs = [] }: Catalogue, wanted: string, region: string | undefined): string | undefined {
  const all = serviceCatalogs.filter(({ type }) => type === wanted).flatMap(({ endpoints }) => endpoints);
  const open = all.filter((endpoint) => endpoint.interface === "public");
  // Identity may be entered once for all regions.
  return (open.find((endpoint) => endpoint.region === region) ?? (region === undefined || wanted === "identity" ? open[0] : undefined))
    ?.url;
}

/** The ports of anywhere that control planes are let out to. */
function openPorts({ flows }: EnvironmentPlan): ReadonlySet<number> {
  const out = flows.filter(
    ({ from, to, protocol }) => to === "cidr:0.0.0.0/0" && protocol === "tcp" && (from === "control-plane" || from === "nodes"),
  );
  return new Set(out.flatMap(({ ports }) => ports).filter((port) => typeof port === "number"));
}

function portOf(address: string): number {
  const { port, protocol } = new URL(address);
  return port === "" ? (protocol === "http:" ? 80 : 443) : Number(port);
}

function rolesQuestion(path: string, wanted: readonly string[], options: InvokeOptions, instead?: string): Question<GetAuthScopeResult> {
  return {
    path,
    what: "the roles of the login",
    ask: () => getAuthScope({ name: "kpaas" }, options),
    check: ({ roles }) => {
      const has = (roles ?? []).map(({ roleName }) => roleName);
      const lacking = wanted.filter((role) => !has.includes(role));
      if (has.length === 0 || lacking.length === 0) return undefined;
      return {
        path,
        value: lacking.join(", "),
        reason: "the login that makes the credential has no such role in the project, and can give only what it has",
        remedy: instead ?? `name roles among ${has.join(", ")}, or have the operator give them`,
      };
    },
    optional: true,
  };
}
