import assert from "node:assert/strict";
import { isSecret, secret } from "@pulumi/pulumi";
import { ExistingInfrastructure } from "../../../providers/existing/infrastructure";
import { graph } from "../../../testing/graph";
import { plannedFile } from "../../support/environment";
import { HOSTS, hostsFile } from "../../support/existing";
import { samplePlan } from "../../support/plan";

const outputs = async (existing: Record<string, unknown>, secrets = { sshPrivateKey: secret("the key") }) => {
  const { plan } = plannedFile(hostsFile(existing));
  let seen: Record<string, unknown> = {};
  let checked = 0;
  const g = await graph(() => {
    const made = new ExistingInfrastructure("metal", { plan, secrets, onChecked: () => (checked += 1) });
    for (const { name, id, dialAddress, login } of Object.values(made.machines)) {
      id.apply((text) => (seen = { ...seen, [`${name} id`]: text }));
      dialAddress.apply((text) => (seen = { ...seen, [`${name} dial`]: text }));
      if (login) seen = { ...seen, [`${name} login`]: login };
    }
    const { bastion } = made.ssh;
    bastion?.address.apply((text) => (seen = { ...seen, bastion: { ...bastion, address: text } }));
    made.apiEndpoint.publicAddress?.apply((text) => (seen = { ...seen, api: text }));
    return made.checked;
  });
  return { seen, checked, lines: g.lines() };
};

describe("the infrastructure of existing hosts", () => {
  it("registers nothing but itself, and tells how each host is reached", async () => {
    const { seen, checked, lines } = await outputs({});
    assert.deepEqual([lines, checked], [["kpaas:existing:Infrastructure metal"], 1]);
    assert.deepEqual(seen, {
      "cp id": "cp@10.0.0.11",
      "cp dial": "203.0.113.11",
      "cp login": { port: 2222 },
      "a id": "a@10.0.0.12",
      "a dial": "10.0.0.12",
      "a login": { user: "rocky" },
      "b id": "b@10.0.0.13",
      "b dial": "10.0.0.13",
      api: "203.0.113.11",
    });
  });

  it("leads through the host that the file names, and to that one itself by its inner address where it is a node", async () => {
    const { seen } = await outputs({ bastion: "cp" });
    assert.deepEqual(seen.bastion, { address: "203.0.113.11", user: "ubuntu", port: 2222, name: "cp" });
    assert.equal(seen["cp dial"], "10.0.0.11");
    const hosts = { ...HOSTS, door: { address: "10.0.0.5", accessAddress: "203.0.113.5", user: "jump" } };
    assert.deepEqual((await outputs({ hosts, bastion: "door" })).seen.bastion, { address: "203.0.113.5", user: "jump", name: "door" });
  });

  it("opens hosts by the keys of an agent, and gives sudo its password", async () => {
    const access = { ssh: { agent: true, sudoPassword: { env: "SUDO" } } };
    const { plan } = plannedFile(hostsFile({}, {}, { access }));
    let ssh: ExistingInfrastructure["ssh"] | undefined;
    await graph(() => {
      ssh = new ExistingInfrastructure("metal", { plan, secrets: { sudoPassword: secret("open sesame") } }).ssh;
    });
    assert.deepEqual([ssh?.user, ssh?.agent, ssh?.privateKey], ["ubuntu", true, undefined]);
    assert.ok(ssh?.becomePassword && (await isSecret(ssh.becomePassword)));
  });

  it("refuses another provider's plan, and a plan without a key", async () => {
    const plan = samplePlan("minimal");
    await assert.rejects(
      graph(() => new ExistingInfrastructure("x", { plan, secrets: {} })),
      /its machines have to be made/,
    );
    const own = plannedFile(hostsFile()).plan;
    await assert.rejects(
      graph(() => new ExistingInfrastructure("x", { plan: own, secrets: {} })),
      /nothing else opens the hosts/,
    );
  });
});
