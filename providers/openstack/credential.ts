import { ApplicationCredential } from "@pulumi/openstack/identity/applicationCredential";
import { type Output, secret } from "@pulumi/pulumi";
import type { CloudPartName } from "../../model/cloud-parts";
import { type CredentialOptions, type CredentialUse, hasController, LOGIN_ROLES } from "./plan";
import { child, cloudName, type Scope } from "./scope";

/** A login to the cloud for what runs in the cluster. Secret. */
export interface CloudCredential {
  readonly id: string;
  readonly secret: string;
}

/** A call that a login may make, as keystone has it: `*` is one part of a path, `**` any number of them. */
export interface AccessRule {
  readonly service: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
}

/** The calls of each use, by service and path. From the calls that cloud-provider-openstack makes: its controller for balancers, and its CSI driver. */
const CALLS: Readonly<Record<Use, readonly (readonly [service: string, methods: string, paths: string])[]>> = {
  balancers: [
    ["compute", "GET", "/v2.1/servers /v2.1/servers/** /v2.1/flavors/**"],
    ["load-balancer", "GET POST PUT DELETE", "/v2.0/lbaas/** /v2/lbaas/**"],
    [
      "network",
      "GET",
      "/v2.0/networks /v2.0/networks/* /v2.0/subnets /v2.0/subnets/* /v2.0/ports /v2.0/ports/* /v2.0/floatingips /v2.0/floatingips/* /v2.0/security-groups /v2.0/security-groups/* /v2.0/security-group-rules",
    ],
    ["network", "DELETE", "/v2.0/security-groups/*"],
  ],
  loadBalancers: [
    ["network", "POST", "/v2.0/floatingips /v2.0/security-groups /v2.0/security-group-rules"],
    ["network", "PUT", "/v2.0/floatingips/* /v2.0/ports/* /v2.0/ports/*/tags/*"],
    ["network", "DELETE", "/v2.0/floatingips/* /v2.0/security-groups/* /v2.0/security-group-rules/* /v2.0/ports/*/tags/*"],
  ],
  volumes: [
    ["compute", "GET", "/v2.1/servers /v2.1/servers/**"],
    ["compute", "POST", "/v2.1/servers/*/os-volume_attachments"],
    ["compute", "DELETE", "/v2.1/servers/*/os-volume_attachments/*"],
    [
      "volumev3",
      "GET",
      "/v3/*/volumes /v3/*/volumes/** /v3/*/snapshots /v3/*/snapshots/** /v3/*/types /v3/*/types/** /v3/*/os-availability-zone",
    ],
    ["volumev3", "POST", "/v3/*/volumes /v3/*/volumes/*/action /v3/*/snapshots"],
    ["volumev3", "DELETE", "/v3/*/volumes/* /v3/*/snapshots/*"],
  ],
};

/** What a login is for: what the file names, or balancers alone, without floating addresses and security groups of their own. */
type Use = CredentialUse | "balancers";

/** The calls that these uses need, each once. */
export function accessRules(uses: readonly Use[]): AccessRule[] {
  const whole = uses.flatMap((use): Use[] => (use === "loadBalancers" ? ["balancers", use] : [use]));
  const rules = whole.flatMap((use) =>
    CALLS[use].flatMap(([service, methods, paths]) =>
      methods
        .split(" ")
        .flatMap((method) =>
          paths
            .split(" ")
            .map((path): [string, AccessRule] => [
              `${service} ${method} ${path}`,
              { service, method: method as AccessRule["method"], path },
            ]),
        ),
    ),
  );
  return [...new Map(rules).values()];
}

/** The login that the file asks for; undefined where it asks for none. */
export function createCredential(scope: Scope): Output<CloudCredential> | undefined {
  const wanted = scope.openstack.applicationCredential;
  return wanted && makeCredential(scope, "cluster", "credential", wanted.uses, wanted);
}

/** A login for each of the platform's own parts that log in to the cloud, with what that one does and no more. */
export function createLogins(scope: Scope): Partial<Record<CloudPartName, Output<CloudCredential>>> {
  const { plan, openstack } = scope;
  const { accessRules = true } = openstack.applicationCredential ?? {};
  const make = (part: CloudPartName, use: Use) =>
    makeCredential(scope, part, `credential-${part}`, [use], { accessRules, roles: LOGIN_ROLES[part] });
  return {
    ...(hasController(plan) && { controller: make("controller", "balancers") }),
    ...(plan.platform.storage.kind === "cloud" && { volumes: make("volumes", "volumes") }),
  };
}

function makeCredential(
  scope: Scope,
  what: string,
  logical: string,
  uses: readonly Use[],
  { roles, accessRules: narrow }: Pick<CredentialOptions, "roles" | "accessRules">,
): Output<CloudCredential> {
  const { name, plan } = scope;
  const made = new ApplicationCredential(
    `${name}-${logical}`,
    {
      name: cloudName(scope, what),
      description: `kpaas ${plan.environment}: ${uses.join(", ")}`,
      roles: [...roles].sort(),
      unrestricted: false, // it can make no other, and no trusts
      ...(narrow && { accessRules: accessRules(uses) }),
    },
    // Keystone changes none, and takes a name once for each user: the old one goes before the new one comes.
    child(scope, { deleteBeforeReplace: true, additionalSecretOutputs: ["secret"] }),
  );
  return secret(made.id.apply((id) => made.secret.apply((value) => ({ id, secret: value }))));
}
