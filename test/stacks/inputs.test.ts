import assert from "node:assert/strict";
import { type Output, output, secret } from "@pulumi/pulumi";
import { Environment } from "../../stacks/environment";
import { type EnvironmentSpec, InvalidEnvironmentError, planSpec } from "../../stacks/spec";
import { graph } from "../../testing/graph";
import { unwrapSecret } from "../../testing/mocks";

const CANARY = "canary-input";
const later = (value: string): Output<string> => output(value);

describe("outputs among the fields of an environment", () => {
  const { warn, log } = console;
  before(() => Object.assign(console, { warn: () => undefined, log: () => undefined }));
  after(() => Object.assign(console, { warn, log }));

  const fields = (): EnvironmentSpec => ({
    infrastructure: {
      provider: "openstack",
      credentials: output({ userName: "me", password: CANARY }),
      network: { existing: { network: later("network-id"), subnets: { node: later("subnet-id") }, router: later("router-id") } },
    },
    cluster: { variables: { registry_pass: later(CANARY) } },
    platform: { domain: "seoul.example.org", tls: { kind: "provided", certificate: later("chain"), key: later(CANARY) } },
  });

  it("stand in the plan as references, so that it stays the same whatever they are", () => {
    const { plan } = planSpec("seoul", fields());
    assert.deepEqual(plan.network.existing, {
      network: "output of infrastructure.network.existing.network",
      subnet: "output of infrastructure.network.existing.subnets.node",
      router: "output of infrastructure.network.existing.router",
    });
    assert.deepEqual(JSON.parse(JSON.stringify(plan)), plan);
    assert.doesNotMatch(JSON.stringify(plan), new RegExp(CANARY));
  });

  it("reach the resources they are for, secrets as secrets, also where they are not known yet", async () => {
    const asked: string[] = [];
    const invokes = {
      "openstack:networking/getNetwork:getNetwork": (inputs: Record<string, unknown>) => {
        asked.push(JSON.stringify(inputs));
        return { id: "asked" };
      },
    };
    const built = await graph(() => new Environment("seoul", fields()), { preview: true, invokes });
    const port = built.get("seoul-infrastructure-port-cp-1");
    assert.equal(port.inputs.networkId, "network-id");
    assert.match(JSON.stringify(port.inputs.fixedIps), /"subnet-id"/);
    assert.ok(!asked.some((inputs) => /output of/.test(inputs)), asked.join());
    assert.equal(unwrapSecret(built.get("seoul-infrastructure-provider").inputs.password), CANARY);
    assert.equal(unwrapSecret((built.get("seoul-cluster-kubespray").inputs.variables as Record<string, unknown>).registry_pass), CANARY);
    assert.ok(JSON.stringify(built.resources).includes("chain"));
    assert.deepEqual(built.leaks(CANARY), []);
  });

  it("are problems where they would decide what there is, all at once, beside all others", () => {
    const wrong = {
      profile: later("minimal"),
      infrastructure: { provider: later("openstack"), zones: [later("az-1")], region: Promise.resolve("one") },
      cluster: { pools: { worker: { nodes: later("2") } } },
      platform: { services: { keyclock: true } },
    } as unknown as EnvironmentSpec;
    assert.throws(
      () => planSpec("seoul", wrong),
      (error) => {
        assert.ok(error instanceof InvalidEnvironmentError);
        const late = error.problems.filter(({ reason }) => /is an output/.test(reason));
        assert.deepEqual(late.map(({ path }) => path).sort(), [
          "cluster.pools.worker.nodes",
          "infrastructure.provider",
          "infrastructure.region",
          "infrastructure.zones.0",
          "profile",
        ]);
        assert.equal(error.problems.filter(({ path }) => path === "infrastructure.provider").length, 1);
        assert.ok(error.problems.some(({ path }) => path === "platform.services.keyclock"));
        assert.ok(late.every(({ remedy }) => /getOutputValue/.test(remedy)));
        return true;
      },
    );
  });

  it("may be secrets given by themselves, for some of the references only", async () => {
    const given = { ...fields(), secrets: { tlsKey: secret("another") } };
    const built = await graph(() => new Environment("seoul", given), { preview: true });
    assert.match(JSON.stringify(built.resources), /another/);
    assert.deepEqual(built.leaks("another"), []);
  });
});
