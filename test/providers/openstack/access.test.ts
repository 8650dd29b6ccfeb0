import assert from "node:assert/strict";
import { output, secret } from "@pulumi/pulumi";
import type { InfrastructureSecrets } from "../../../components/infrastructure";
import { isSecretEnvelope, unwrapSecret } from "../../../testing/mocks";
import { build, built, ofType, value } from "../../support/openstack";
import { samplePlan } from "../../support/plan";
import { ed25519Pair } from "../../support/ssh-keys";

describe("secrets and access on OpenStack", () => {
  const canary = "canary-7f3a";
  const one = ed25519Pair();

  it("keeps credentials and keys in envelopes, and sets only the arguments that were given", async () => {
    const secrets: InfrastructureSecrets = {
      credentials: secret<Record<string, string>>({
        userName: `${canary}-user`,
        password: `${canary}-password`,
        authUrl: "https://keystone.example.org:5000/v3",
      }),
      sshPrivateKey: secret(one.private),
    };
    const g = await build(samplePlan("standard"), secrets);
    assert.deepEqual(g.leaks(canary), []);
    const { inputs } = g.get("seoul-provider");
    assert.ok(isSecretEnvelope(inputs.password));
    assert.equal(unwrapSecret(inputs.userName), `${canary}-user`);
    const given = Object.keys(inputs).filter((key) => unwrapSecret(inputs[key]) !== null && unwrapSecret(inputs[key]) !== undefined);
    assert.deepEqual(given.sort(), ["authUrl", "password", "region", "userName"]);
    assert.deepEqual(g.leaks(one.private.slice(80, 120)), []);
    assert.equal(await value(built(g).ssh.privateKey), one.private);
    assert.equal(g.get("seoul-keypair").inputs.publicKey, one.public, "a private key alone suffices");
  });

  it("gives the bastion a host key to be met by, which nobody else sees, and no other machine one", async () => {
    const g = await build(samplePlan("highAvailability"));
    const { userData } = g.get("seoul-machine-bastion").inputs;
    assert.ok(isSecretEnvelope(userData));
    assert.match(String(unwrapSecret(userData)), /ed25519_private: /);
    assert.deepEqual(Object.keys((await value(built(g).ssh.firstHostKeys)) ?? {}), ["bastion"]);
    for (const name of ["cp-1", "general-1", "nfs"])
      assert.doesNotMatch(String(unwrapSecret(g.get(`seoul-machine-${name}`).inputs.userData)), /ssh_keys/);
  });

  it("leaves credentials to the usual environment where the file gives none", async () => {
    const g = await build(samplePlan("standard"));
    assert.equal(g.get("seoul-provider").inputs.password, undefined);
    assert.equal(g.get("seoul-provider").inputs.region, "RegionOne");
  });

  it("refuses credentials under names the provider does not take, without showing a value", async () => {
    const credentials = secret<Record<string, string>>({ user_name: canary, password: canary });
    await assert.rejects(build(samplePlan("standard"), { credentials }), (error: Error) => {
      assert.match(error.message, /holds user_name, which the OpenStack provider does not take/);
      assert.ok(!error.message.includes(canary));
      return true;
    });
  });

  it("treats secrets as such even if they come in plain outputs", async () => {
    const g = await build(samplePlan("standard"), {
      credentials: output<Record<string, string>>({ password: `${canary}-password` }),
      sshPrivateKey: output(one.private),
    });
    assert.deepEqual([...g.leaks(canary), ...g.leaks(one.private.slice(80, 120))], []);
  });

  it("generates a pair where the file names no key, and another pair under another name for another key", async () => {
    const g = await build(samplePlan("standard"));
    assert.equal(g.get("seoul-ssh-key").inputs.algorithm, "ED25519");
    assert.deepEqual(g.leaks("PRIVATE KEY"), []);
    const pair = async (key: string) =>
      (await build(samplePlan("standard"), { sshPrivateKey: secret(key) })).get("seoul-keypair").inputs.name;
    assert.notEqual(await pair(one.private), await pair(ed25519Pair().private));
  });

  it("uses a key pair that is there, and makes none", async () => {
    const ssh = { keyPair: "ours", privateKey: { env: "SSH_KEY" } };
    const g = await build(samplePlan("standard", { infrastructure: { access: { ssh } } }), { sshPrivateKey: secret(one.private) });
    const keys = [...ofType(g, "Keypair"), ...ofType(g, "PrivateKey")].map(({ name }) => name);
    assert.deepEqual(keys, ["seoul-host-key-bastion"]);
    assert.equal(g.get("seoul-machine-cp-1").inputs.keyPair, "ours");
  });

  it("refuses half a key", () => {
    const plan = samplePlan("standard", { infrastructure: { access: { ssh: { publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA x" } } } });
    return assert.rejects(build(plan), /both halves/);
  });

  it("tells how machines, API and ingress are reached", async () => {
    const plan = samplePlan("highAvailability");
    const infrastructure = built(await build(plan));
    assert.deepEqual(
      Object.keys(infrastructure.machines),
      plan.machines.map((machine) => machine.key),
    );
    assert.equal(await value(infrastructure.machines["cp-1"]?.dialAddress), infrastructure.machines["cp-1"]?.address);
    assert.equal(await value(infrastructure.ssh.bastion?.address), await value(infrastructure.machines.bastion?.dialAddress));
    assert.match(String(await value(infrastructure.ssh.bastion?.address)), /^198\.51\.100\./);
    assert.equal(await value(infrastructure.apiEndpoint.address), "10.20.255.254");
    assert.match(String(await value(infrastructure.ingressPublicAddress)), /^198\.51\.100\./);
  });

  it("uses floating addresses that were made beforehand, and makes only the others", async () => {
    const floating = { api: "203.0.113.10", ingress: "203.0.113.11" };
    const before = await build(samplePlan("highAvailability"));
    const g = await build(samplePlan("highAvailability", { infrastructure: { network: { floating } } }));
    assert.deepEqual(before.removed(g), ["seoul-floating-ip-api", "seoul-floating-ip-ingress"]);
    assert.deepEqual(before.added(g), []);
    assert.equal(g.get("seoul-floating-ip-associate-api").inputs.floatingIp, "203.0.113.10");
    assert.equal(await value(built(g).apiEndpoint.publicAddress), "203.0.113.10");
    assert.equal(await value(built(g).ingressPublicAddress), "203.0.113.11");
  });

  it("makes no floating address on a network that is reachable by itself", async () => {
    const g = await build(samplePlan("highAvailability", { infrastructure: { network: { floating: "none" } } }));
    assert.deepEqual([...ofType(g, "FloatingIp"), ...ofType(g, "FloatingIpAssociate")], []);
    const { ssh, machines, apiEndpoint, ingressPublicAddress } = built(g);
    assert.equal(await value(ssh.bastion?.address), machines.bastion?.address);
    assert.deepEqual([apiEndpoint.publicAddress, ingressPublicAddress], [undefined, undefined]);
  });
});
