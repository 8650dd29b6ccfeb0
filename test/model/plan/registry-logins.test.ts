import assert from "node:assert/strict";
import { isSecret, type Output, output, runtime } from "@pulumi/pulumi";
import { Findings } from "../../../model/problems";
import { plainFields } from "../../../stacks/inputs";
import { resolveSecrets } from "../../../stacks/secrets";
import { environmentFile, planFile, plannedFile } from "../../support/environment";

const CANARY = "canary-7c1f";
const password = { env: "KPAAS_TEST_REGISTRY_PASSWORD" };
const registries = {
  "registry.intra:5000": { username: "nodes", password },
  "docker.io": { username: "hub", password: { env: "NOT_SET" } },
};
const withLogins = (cluster: Record<string, unknown> = {}) => environmentFile({ cluster: { registries, ...cluster } });
const problemsOf = (cluster: Record<string, unknown>) =>
  planFile(withLogins(cluster)).problems.flatMap(({ severity, path, reason }) => (severity === "error" ? [`${path}: ${reason}`] : []));

function resolved<T>(value: Output<T> | undefined): Promise<T> {
  return new Promise((resolve) => value?.apply(resolve));
}

describe("log-ins at registries", () => {
  before(async () => {
    await runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: ({ inputs }) => inputs });
  });
  afterEach(() => {
    delete process.env[password.env];
  });

  it("are CRI-O's, in an order that the file's does not change", () => {
    const expected = [
      { registry: "docker.io", username: "hub", password: { env: "NOT_SET" } },
      { registry: "registry.intra:5000", username: "nodes", password },
    ];
    const turned = Object.fromEntries(Object.entries(registries).reverse());
    for (const each of [registries, turned]) {
      const { plan } = plannedFile(withLogins({ registries: each }));
      assert.deepEqual(plan.cluster.variables.crio_registry_auth, expected);
      assert.deepEqual(plan.registries, ["docker.io", "registry.intra:5000"]);
    }
    const { plan } = plannedFile(environmentFile());
    assert.ok(!("crio_registry_auth" in plan.cluster.variables) && plan.registries === undefined);
  });

  it("have a way where the port is not open everywhere", () => {
    const ways = plannedFile(withLogins()).plan.flows.filter(({ reason }) => reason === "registries of images");
    assert.deepEqual(
      ways.map(({ from, to, ports }) => ({ from, to, ports })),
      [{ from: "nodes", to: "cidr:0.0.0.0/0", ports: [5000] }],
    );
  });

  it("are secrets; one that is not found is told by its field, without any value", async () => {
    process.env[password.env] = CANARY;
    const { plan } = plannedFile(withLogins());
    await assert.rejects(resolveSecrets(plan), (error: Error) => {
      assert.match(error.message, /cluster\.registries\.docker\.io\.password/);
      assert.ok(!error.message.includes(CANARY) && !error.message.includes("crio_registry_auth"));
      return true;
    });
    const found = (
      await resolveSecrets(plannedFile(withLogins({ registries: { "registry.intra:5000": { username: "nodes", password } } })).plan)
    ).variables;
    const value = found?.["crio_registry_auth.0.password"];
    assert.ok(value !== undefined && (await isSecret(value)));
    assert.equal(await resolved(value), CANARY);
  });

  it("take outputs in a program, each at its own place", async () => {
    const findings = new Findings();
    const fields = {
      cluster: { registries: { b: { username: "b", password: output("of b") }, a: { username: "a", password: output("of a") } } },
    };
    const { secrets } = plainFields(fields, findings);
    assert.equal(await resolved(secrets.variables?.["crio_registry_auth.0.password"]), "of a");
    assert.equal(await resolved(secrets.variables?.["crio_registry_auth.1.password"]), "of b");
  });

  it("are refused where nobody would use them, twice, in clear, or as templates: all at once", () => {
    assert.deepEqual(problemsOf({ runtime: "containerd" }), [
      "cluster.registries: is for cluster.runtime: crio: kubespray tells containerd no log-in",
    ]);
    const found = problemsOf({
      registries: {
        "https://registry.intra": { username: "a", password },
        "registry.intra:5000": { username: "{{ a }}", password },
        "other.intra": { username: "a", password: CANARY },
      },
      variables: { crio_registry_auth: [{ registry: "a.intra", username: "a", password }] },
    });
    assert.ok(!JSON.stringify(found).includes(CANARY), JSON.stringify(found));
    for (const [index, part] of [
      "https://registry.intra",
      "registry.intra:5000.username",
      "other.intra.password",
      "crio_registry_auth",
    ].entries())
      assert.ok(
        found.some((each) => each.includes(part)),
        `${index}: ${part} in ${JSON.stringify(found, null, 1)}`,
      );
  });
});
