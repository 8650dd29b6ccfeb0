import assert from "node:assert/strict";
import { type AccessRule, accessRules } from "../../../providers/openstack/access-rules";
import { permissions } from "../../../providers/openstack/permissions";
import { samplePlan } from "../../support/plan";

/** As keystonemiddleware's `_path_matches`: `*` is one part of a path, `**` anything. */
function matches(path: string, pattern: string): boolean {
  const regex = [...pattern.matchAll(/(?<wild>\*(?=$|[^*]))|(?<all>\*\*)|(?<literal>[^*])/g)].map(({ groups = {} }) =>
    groups.wild ? "[^/]+" : groups.all ? ".*" : groups.literal?.replace(".", "\\."),
  );
  return new RegExp(`^${regex.join("")}$`).test(path);
}

/** Whether a service of that type lets a call of a login in. */
function may(rules: readonly AccessRule[], service: string, call: string): boolean {
  const [method, path = ""] = call.split(" ");
  return rules.some((rule) => rule.service === service && rule.method === method && matches(path, rule.path));
}

const BALANCER = "/v2.0/lbaas/loadbalancers/b";
const SERVER = "/v2.1/servers/s";
const VOLUME = "/v3/p/volumes/v";

/** What each may do, and what it may not, by the service's type. */
const CALLS = [
  {
    use: "balancers",
    service: "load-balancer",
    in: [`POST /v2.0/lbaas/loadbalancers`, `GET ${BALANCER}`, `PUT ${BALANCER}`, `DELETE ${BALANCER}`, "PUT /v2.0/lbaas/pools/p/members"],
    out: ["GET /v2.0/quotas"],
  },
  {
    use: "balancers",
    service: "network",
    in: ["GET /v2.0/floatingips", "GET /v2.0/security-groups", "GET /v2.0/networks", "GET /v2.0/subnets", "GET /v2.0/ports"],
    out: [
      "POST /v2.0/floatingips",
      "PUT /v2.0/floatingips/f",
      "DELETE /v2.0/floatingips/f",
      "PUT /v2.0/ports/p",
      "DELETE /v2.0/ports/p",
      "DELETE /v2.0/security-groups/g",
      "POST /v2.0/security-group-rules",
      "DELETE /v2.0/networks/n",
      "PUT /v2.0/routers/r",
    ],
  },
  { use: "balancers", service: "compute", in: [], out: [`GET ${SERVER}`, `DELETE ${SERVER}`, `POST ${SERVER}/action`] },
  {
    use: "loadBalancers",
    service: "network",
    in: ["POST /v2.0/floatingips", "PUT /v2.0/ports/p", "DELETE /v2.0/security-groups/g", "GET /v2.0/ports/p"],
    out: ["DELETE /v2.0/ports/p", "DELETE /v2.0/networks/n", "POST /v2.0/ports"],
  },
  {
    use: "volumes",
    service: "compute",
    in: [`GET ${SERVER}`, `POST ${SERVER}/os-volume_attachments`, `DELETE ${SERVER}/os-volume_attachments/v`],
    out: [`DELETE ${SERVER}`, `POST ${SERVER}/action`, "POST /v2.1/servers", `PUT ${SERVER}`],
  },
  ...["volumev3", "block-storage"].map((service) => ({
    use: "volumes" as const,
    service,
    in: [
      `GET ${VOLUME}`,
      "GET /v3/p/volumes/detail",
      "POST /v3/p/volumes",
      `POST ${VOLUME}/action`,
      `DELETE ${VOLUME}`,
      "POST /v3/p/snapshots",
    ],
    out: ["POST /v3/p/backups", "DELETE /v3/p/types/t", "PUT /v3/p/os-quota-sets/p", `PUT ${VOLUME}`],
  })),
] as const;

describe("the calls of OpenStack's logins", () => {
  for (const { use, service, in: allowed, out } of CALLS)
    it(`let ${use} do at ${service} what it does, wherever that is reached, and no more`, () => {
      const rules = accessRules([use]);
      const below = (call: string) => call.replace(" /", ` /${service}/`);
      for (const call of allowed) for (const each of [call, below(call)]) assert.ok(may(rules, service, each), each);
      for (const call of out) for (const each of [call, below(call)]) assert.ok(!may(rules, service, each), each);
    });

  it("begin as keystone wants them, and are no longer than it takes", () => {
    for (const { path } of accessRules(["loadBalancers", "volumes"])) assert.match(path, /^\/.{1,224}$/);
  });
});

describe("the permissions of an environment on OpenStack", () => {
  const platform = { loadBalancer: { kind: "cloud" }, storage: { kind: "cloud" } };

  it("are the roles of the login, and of each login that is made its roles and calls", () => {
    const { login, makes = {} } = permissions(samplePlan("highAvailability", { platform }));
    assert.deepEqual(login, { roles: ["load-balancer_member", "member"], unrestricted: true });
    assert.deepEqual(Object.keys(makes), ["controller", "volumes"]);
    assert.deepEqual(makes.volumes, { roles: ["member"], access_rules: accessRules(["volumes"]) });
  });

  it("are fewer where fewer is made", () => {
    assert.deepEqual(permissions(samplePlan("minimal")), { login: { roles: ["member"] } });
    const applicationCredential = { uses: ["volumes"], roles: ["creator"], accessRules: false };
    const own = samplePlan("minimal", { infrastructure: { openstack: { applicationCredential } }, platform });
    assert.deepEqual(permissions(own), {
      login: { roles: ["creator", "load-balancer_member", "member"], unrestricted: true },
      makes: { cluster: { roles: ["creator"] }, controller: { roles: ["load-balancer_member", "member"] }, volumes: { roles: ["member"] } },
    });
  });
});
