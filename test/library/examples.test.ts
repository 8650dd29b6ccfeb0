import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { runtime } from "@pulumi/pulumi";
import { graph } from "../../testing/graph";

const EXAMPLES = join(__dirname, "..", "..", "examples");
const CANARY = "canary-example";

/** What the other team's stack gives. */
const BASE = {
  kubeconfig: `token: ${CANARY}`,
  databaseHost: "db.example.org",
  databasePassword: CANARY,
  ingressClass: "nginx",
  ingressNamespace: "ingress-nginx",
  ingressAddress: "192.0.2.10",
};

/** What each example is about, among what it registers. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  minimal: ["demo-infrastructure-machine-cp-1", "demo-cluster-kubespray", "demo-platform-portal"],
  "high-availability": ["seoul-infrastructure-machine-bastion", "seoul-infrastructure-machine-cp-3", "seoul-platform-keycloak-budget"],
  nhn: ["pangyo-infrastructure-machine-cp-1", "pangyo-infrastructure-floating-ip-ingress"],
  vsphere: ["seoul-infrastructure-machine-cp-3", "seoul-infrastructure-apart-control-plane", "seoul-infrastructure-folder"],
  services: ["metrics-release", "database-data", "login-ingress"],
  "existing-cluster": ["login-server", "login-budget"],
  "own-service": ["team-platform-wiki-server", "team-platform-mariadb-data"],
};

describe("the examples", () => {
  const { warn, log } = console;
  before(() => Object.assign(console, { warn: () => undefined, log: () => undefined }));
  after(() => Object.assign(console, { warn, log }));

  it("are all tried", () => {
    const compiled = readdirSync(EXAMPLES).filter((file) => file.endsWith(".js"));
    assert.deepEqual(compiled.map((file) => file.replace(/\.js$/, "")).sort(), Object.keys(SHOWN).sort());
  });

  for (const [example, shown] of Object.entries(SHOWN)) {
    it(`preview: ${example}`, async () => {
      const registered = await graph(
        () => {
          runtime.setAllConfig({ "kpaas:kubeconfig": BASE.kubeconfig, "kpaas:base": "acme/base/prod" });
          return require(join(EXAMPLES, example));
        },
        {
          preview: true,
          outputs: { "pulumi:pulumi:StackReference": () => ({ outputs: BASE, secretOutputNames: ["kubeconfig", "databasePassword"] }) },
        },
      );
      for (const name of shown) registered.get(name);
      assert.ok(Object.keys(registered.result as object).length > 0);
      const leaks = registered.leaks(CANARY).filter((where) => !where.startsWith("acme/base/prod"));
      assert.deepEqual(leaks, []);
    });
  }
});
