import type { CloudPartName } from "../../model/cloud-parts";
import type { EnvironmentPlan } from "../../model/plan/types";
import { type CredentialUse, hasController, LOGIN_ROLES } from "./plan";

/** What a login is for: what the file names, or balancers alone, without floating addresses and security groups of their own. */
export type Use = CredentialUse | "balancers";

/** A call that a login may make, as keystone has it: `*` is one part of a path, `**` any number of them. */
export interface AccessRule {
  readonly service: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
}

const VOLUMES = "volumev3 block-storage";

/**
 * The calls of each use, by service and path. From the calls that cloud-provider-openstack makes: its controller for balancers, and its CSI
 * driver. A service goes by the type that it has of itself (`service_type` in its `[keystone_authtoken]`), and volumes have had two.
 */
const CALLS: Readonly<Record<Use, readonly (readonly [services: string, methods: string, paths: string])[]>> = {
  // Without the controllers of nodes, and with security groups that are none of its: what it still looks for, it only lists.
  balancers: [
    ["load-balancer", "GET POST PUT DELETE", "/v2.0/lbaas/**"],
    ["network", "GET", "/v2.0/networks /v2.0/subnets /v2.0/ports /v2.0/floatingips /v2.0/security-groups"],
  ],
  loadBalancers: [
    ["compute", "GET", "/v2.1/servers /v2.1/servers/** /v2.1/flavors/**"],
    ["load-balancer", "GET POST PUT DELETE", "/v2/lbaas/**"],
    [
      "network",
      "GET",
      "/v2.0/networks/* /v2.0/subnets/* /v2.0/ports/* /v2.0/floatingips/* /v2.0/security-groups/* /v2.0/security-group-rules",
    ],
    ["network", "POST", "/v2.0/floatingips /v2.0/security-groups /v2.0/security-group-rules"],
    ["network", "PUT", "/v2.0/floatingips/* /v2.0/ports/* /v2.0/ports/*/tags/*"],
    ["network", "DELETE", "/v2.0/floatingips/* /v2.0/security-groups/* /v2.0/security-group-rules/* /v2.0/ports/*/tags/*"],
  ],
  volumes: [
    ["compute", "GET", "/v2.1/servers /v2.1/servers/**"],
    ["compute", "POST", "/v2.1/servers/*/os-volume_attachments"],
    ["compute", "DELETE", "/v2.1/servers/*/os-volume_attachments/*"],
    [
      VOLUMES,
      "GET",
      "/v3/*/volumes /v3/*/volumes/** /v3/*/snapshots /v3/*/snapshots/** /v3/*/types /v3/*/types/** /v3/*/os-availability-zone",
    ],
    [VOLUMES, "POST", "/v3/*/volumes /v3/*/volumes/*/action /v3/*/snapshots"],
    [VOLUMES, "DELETE", "/v3/*/volumes/* /v3/*/snapshots/*"],
  ],
};

/** Where a service is reached below others, as at https://cloud/compute/v2.1, it sees what is before its version. */
const WHEREVER = "/**";

/** The calls that these uses need, each once. */
export function accessRules(uses: readonly Use[]): AccessRule[] {
  const whole = uses.flatMap((use): Use[] => (use === "loadBalancers" ? ["balancers", use] : [use]));
  const rules = whole.flatMap((use) =>
    CALLS[use].flatMap(([services, methods, paths]) =>
      services.split(" ").flatMap((service) =>
        methods.split(" ").flatMap((method) =>
          paths.split(" ").map((path): [string, AccessRule] => {
            const rule = { service, method: method as AccessRule["method"], path: `${WHEREVER}${path.slice(1)}` };
            return [`${service} ${method} ${path}`, rule];
          }),
        ),
      ),
    ),
  );
  return [...new Map(rules).values()];
}

/** A login of one of the platform's own parts. */
export interface PartLogin {
  readonly part: CloudPartName;
  readonly use: Use;
  readonly roles: readonly string[];
}

/** The platform's own parts that log in to the cloud. */
export function loginsOf(plan: Pick<EnvironmentPlan, "platform">): PartLogin[] {
  const login = (part: CloudPartName, use: Use): PartLogin => ({ part, use, roles: LOGIN_ROLES[part] });
  return [
    ...(hasController(plan) ? [login("controller", "balancers")] : []),
    ...(plan.platform.storage.kind === "cloud" ? [login("volumes", "volumes")] : []),
  ];
}
