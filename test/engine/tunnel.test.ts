import assert from "node:assert/strict";
import type { State } from "../../engine/state/state";
import { recordedBastion } from "../../engine/tunnel";
import { appliedState } from "../../model/guard/applied";
import { KUBESPRAY_CLUSTER } from "../../model/type-tokens";
import { SECRET_SIGNATURE, SIGNATURE_KEY } from "../../plugin/rpc/provider";
import { environmentFile, plannedFile } from "../support/environment";

describe("The bastion of a private cluster, before the program speaks", () => {
  const access = { adminCidrs: ["203.0.113.0/24"], bastion: true, api: "bastion" };
  const { plan } = plannedFile(environmentFile({ infrastructure: { provider: "openstack", access } }));
  const key = { [SIGNATURE_KEY]: SECRET_SIGNATURE, plaintext: JSON.stringify("the key") };
  const door = { user: "ubuntu", bastion: { address: "198.51.100.7", user: "ubuntu" } };
  const ssh = { ...door, privateKey: key };
  const state: State = { deployment: { resources: [{ urn: "urn", type: KUBESPRAY_CLUSTER, inputs: { ssh } }] } };

  it("is the one of the outputs", async () => {
    const outputs = { ssh: { user: "ubuntu", privateKey: "the key", where: "198.51.100.8" }, applied: appliedState(plan) };
    const found = await recordedBastion(plan, { outputs: async () => outputs, state: () => assert.fail("not needed") });
    assert.equal(found?.host, "198.51.100.8");
  });

  it("is the one the cluster was made with, where the first up was broken off before it gave any outputs", async () => {
    const found = await recordedBastion(plan, { outputs: async () => undefined, state: async () => state });
    const expected = { host: "198.51.100.7", user: "ubuntu", privateKey: "the key", names: ["bastion"], firstHostKeys: {} };
    assert.deepEqual(found, expected);
    const byAgent = { deployment: { resources: [{ urn: "urn", type: KUBESPRAY_CLUSTER, inputs: { ssh: { ...door, agent: true } } }] } };
    const agents = await recordedBastion(plan, { outputs: async () => undefined, state: async () => byAgent });
    assert.deepEqual([agents?.host, agents?.agent, agents?.privateKey], ["198.51.100.7", true, undefined]);
    const resources = [
      ...(state.deployment.resources ?? []),
      {
        urn: "urn::demo-infrastructure-host-key-bastion",
        type: "tls:index/privateKey:PrivateKey",
        outputs: { publicKeyOpenssh: "ssh-ed25519 AAAA\n" },
      },
      { urn: "urn::demo-infrastructure-machine-bastion", type: "openstack:compute/instance:Instance", outputs: { userData: "a hash" } },
    ];
    const met = await recordedBastion(plan, { outputs: async () => undefined, state: async () => ({ deployment: { resources } }) });
    assert.deepEqual(met?.firstHostKeys, { bastion: "ssh-ed25519 AAAA" });
  });

  it("is not known where there is no cluster yet", async () => {
    for (const none of [undefined, { deployment: {} }])
      assert.equal(await recordedBastion(plan, { outputs: async () => ({}), state: async () => none }), undefined);
  });
});
