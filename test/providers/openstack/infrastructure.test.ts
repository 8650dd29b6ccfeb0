import assert from "node:assert/strict";
import { type Output, output, secret } from "@pulumi/pulumi";
import { utils } from "ssh2";
import type { EnvironmentPlan, Profile } from "../../../model/plan/types";
import type { InfrastructureSecrets } from "../../../providers/infrastructure";
import { OpenStackInfrastructure } from "../../../providers/openstack/infrastructure";
import { golden } from "../../support/golden";
import { type Graph, type GraphOptions, graph } from "../../support/graph";
import { isSecretEnvelope, unwrapSecret } from "../../support/mocks";
import { sampleEnvironment, samplePlan } from "../../support/plan";

const profiles: readonly Profile[] = ["minimal", "standard", "highAvailability"];

function build(plan: EnvironmentPlan, secrets: InfrastructureSecrets = {}, options?: GraphOptions): Promise<Graph> {
  return graph(() => new OpenStackInfrastructure("seoul", { plan, secrets }), options);
}

function built(g: Graph): OpenStackInfrastructure {
  assert.ok(g.result instanceof OpenStackInfrastructure);
  return g.result;
}

function value<T>(from: Output<T> | undefined): Promise<T | undefined> {
  return new Promise((resolve) => (from === undefined ? resolve(undefined) : from.apply(resolve)));
}

function ofType(g: Graph, type: string): Graph["resources"] {
  return g.resources.filter((resource) => resource.type.endsWith(`:${type}`));
}

describe("an OpenStack infrastructure", () => {
  for (const profile of profiles) {
    it(`registers for the ${profile} profile what the golden file lists`, async () => {
      golden(`providers/openstack-${profile}`, (await build(samplePlan(profile))).lines());
    });

    it(`registers the same resources for the ${profile} profile before anything exists`, async () => {
      const plan = samplePlan(profile);
      const known = await build(plan);
      const unknown = await build(plan, {}, { unknowns: true });
      assert.deepEqual(unknown.urns(), known.urns());
    });
  }

  it("gives every child the environment's own provider, and its name and labels", async () => {
    const g = await build(samplePlan("highAvailability"));
    for (const resource of g.resources.filter((each) => each.type.startsWith("openstack:"))) {
      assert.equal(resource.options.provider, "seoul-provider", resource.name);
      assert.equal(resource.parent, "seoul", resource.name);
      assert.notEqual(resource.options.deleteBeforeReplace === true, resource.type.endsWith(":VolumeAttach") === false, resource.name);
      if ("tags" in resource.inputs) assert.deepEqual(resource.inputs.tags, ["kpaas-environment=seoul", "team=platform"], resource.name);
    }
    assert.deepEqual(g.get("seoul-machine-cp-1").inputs.metadata, {
      team: "platform",
      "kpaas-environment": "seoul",
      "kpaas-key": "cp-1",
      "kpaas-roles": "control-plane etcd",
    });
  });

  it("goes quickly: what goes with something else costs no call, and what others hold is not waited for ten minutes", async () => {
    const g = await build(samplePlan("highAvailability"));
    for (const { name, options, inputs } of ofType(g, "SecGroupRule"))
      assert.equal(`${options.deletedWith}-id`, inputs.securityGroupId, name);
    for (const type of ["Member", "Monitor"])
      for (const { name, options } of ofType(g, type)) assert.equal(options.deletedWith, "seoul-api-pool", name);
    for (const type of ["Network", "Subnet", "Router", "RouterInterface", "SecGroup"])
      for (const { name, options } of ofType(g, type)) assert.equal(options.customTimeouts.delete, "2m", name);
  });

  it("refuses a plan of another cloud", () => {
    const { openstack: _openstack, ...plan } = samplePlan("minimal");
    assert.throws(
      () => new OpenStackInfrastructure("seoul", { plan: { ...plan, provider: "aws" }, secrets: {} }),
      /plan\.openstack|not for OpenStack/,
    );
  });
});

describe("the network on OpenStack", () => {
  it("leaves the cloud exactly the planned range for its own ports", async () => {
    const plan = samplePlan("minimal");
    const g = await build(plan);
    const { cloudRange, cidr, gateway } = plan.network;
    const subnet = g.get("seoul-subnet").inputs;
    assert.deepEqual(subnet.allocationPools, [{ start: cloudRange.first, end: cloudRange.last }]);
    assert.deepEqual([subnet.cidr, subnet.gatewayIp, subnet.dnsNameservers], [cidr, gateway, ["10.0.0.2"]]);
    assert.equal(g.get("seoul-network").inputs.portSecurityEnabled, true);
    assert.equal(g.get("seoul-router").inputs.externalNetworkId, "public-id");
  });

  it("takes a given network instead of making one", async () => {
    const existing = { network: "net-1", subnets: { node: "subnet-1" }, router: "router-1" };
    const g = await build(samplePlan("minimal", { infrastructure: { network: { existing } } }));
    assert.deepEqual(
      g.resources.filter((each) => /:(Network|Subnet|Router|RouterInterface)$/.test(each.type)),
      [],
    );
    assert.equal(g.get("seoul-port-cp-1").inputs.networkId, "net-1-id", "found by its name");
    assert.deepEqual(g.get("seoul-port-cp-1").inputs.fixedIps, [{ subnetId: "subnet-1-id", ipAddress: "10.20.0.2" }]);
    const ids = { network: "11111111-0000-4000-8000-000000000001", subnets: { node: "11111111-0000-4000-8000-000000000002" } };
    const byId = await build(samplePlan("minimal", { infrastructure: { network: { existing: ids } } }));
    assert.equal(byId.get("seoul-port-cp-1").inputs.networkId, ids.network);
  });

  it("associates floating addresses after the router has joined the subnet, and takes them off before it leaves", async () => {
    const g = await build(samplePlan("highAvailability"));
    const associations = ofType(g, "FloatingIpAssociate");
    assert.deepEqual(associations.map((each) => each.name).sort(), [
      "seoul-floating-ip-associate-api",
      "seoul-floating-ip-associate-bastion",
      "seoul-floating-ip-associate-ingress",
    ]);
    for (const each of associations) assert.ok(each.options.dependsOn.includes("seoul-router-interface"), each.name);
  });

  it("has no address outside where nobody outside may come in", async () => {
    const closed = { infrastructure: { access: { adminCidrs: [], ingressCidrs: ["10.20.0.0/16"] } } };
    const g = await build(samplePlan("minimal", closed));
    assert.deepEqual(ofType(g, "FloatingIp"), []);
    assert.deepEqual(g.get("seoul-address-ingress").inputs.fixedIps, [{ subnetId: "seoul-subnet-id", ipAddress: "10.20.255.223" }]);
    assert.equal(built(g).ingressPublicAddress, undefined);
    assert.equal(built(g).apiEndpoint.publicAddress, undefined);
  });

  it("keeps floating addresses in the cloud where the plan retains addresses", async () => {
    const g = await build(samplePlan("minimal", { retain: ["addresses"] }));
    assert.equal(g.get("seoul-floating-ip-api").options.retainOnDelete, true);
  });
});

describe("machines on OpenStack", () => {
  it("boot from a volume of the planned size, on their own port with the planned address", async () => {
    const plan = samplePlan("highAvailability");
    const g = await build(plan);
    for (const machine of plan.machines) {
      const { inputs } = g.get(`seoul-machine-${machine.key}`);
      assert.deepEqual(inputs.networks, [{ port: `seoul-port-${machine.key}-id` }]);
      assert.equal(inputs.availabilityZone, machine.zone);
      assert.equal(inputs.configDrive, true);
      assert.deepEqual(inputs.blockDevices, [
        {
          uuid: "ubuntu-22.04-id",
          sourceType: "image",
          destinationType: "volume",
          bootIndex: 0,
          volumeSize: 50,
          volumeType: "ssd",
          deleteOnTermination: true,
        },
      ]);
      assert.deepEqual(g.get(`seoul-port-${machine.key}`).inputs.fixedIps, [{ subnetId: "seoul-subnet-id", ipAddress: machine.address }]);
    }
  });

  it("take an image by id without looking it up", async () => {
    const image = "0f8a1c5e-9d1b-4a53-8a0e-2f4d6c7b8a90";
    const g = await build(samplePlan("minimal", { infrastructure: { image } }));
    assert.equal((g.get("seoul-machine-cp-1").inputs.blockDevices as { uuid: string }[])[0]?.uuid, image);
  });

  it("ignore what only counts at first boot, and never go before their successor is there", async () => {
    const plan = samplePlan("highAvailability");
    const g = await build(plan);
    for (const { key } of plan.machines) {
      const { options } = g.get(`seoul-machine-${key}`);
      assert.deepEqual(options.ignoreChanges, ["userData", "imageId", "blockDevices", "keyPair", "schedulerHints"]);
      assert.equal(options.deleteBeforeReplace, undefined);
      assert.equal(g.get(`seoul-port-${key}`).options.deleteBeforeReplace, undefined);
      assert.notEqual(options.protect, true);
      assert.ok(options.dependsOn.includes("seoul-router-interface"));
      assert.ok(!options.dependsOn.some((name) => name.startsWith("seoul-rule-worker") && !key.startsWith("general")), key);
    }
  });

  it("stay apart within their group", async () => {
    const g = await build(samplePlan("highAvailability"));
    assert.deepEqual(g.get("seoul-group-general").inputs.policies, ["soft-anti-affinity"]);
    assert.deepEqual(g.get("seoul-machine-general-1").inputs.schedulerHints, [{ group: "seoul-group-general-id" }]);
  });

  it("may send from MetalLB's range if they are workers, and from nothing else that is not theirs", async () => {
    const plan = samplePlan("minimal", { platform: { loadBalancer: { kind: "metallb", range: "10.20.0.200-10.20.0.230" } } });
    const g = await build(plan);
    assert.deepEqual(
      (g.get("seoul-port-worker-1").inputs.allowedAddressPairs as { ipAddress: string }[]).map((pair) => pair.ipAddress),
      ["10.20.0.200", "10.20.0.200/29", "10.20.0.208/28", "10.20.0.224/30", "10.20.0.228/31", "10.20.0.230"],
    );
    assert.deepEqual(g.get("seoul-port-cp-1").inputs.allowedAddressPairs, []);
    assert.deepEqual(g.get("seoul-port-nfs").inputs.allowedAddressPairs, []);
  });

  it("may send from pod and service addresses on every node, where Calico does not encapsulate", async () => {
    const g = await build(samplePlan("minimal", { cluster: { network: { plugin: "calico", encapsulation: "none" } } }));
    const pairs = [{ ipAddress: "10.233.64.0/18" }, { ipAddress: "10.233.0.0/18" }];
    assert.deepEqual(g.get("seoul-port-cp-1").inputs.allowedAddressPairs, pairs);
    assert.deepEqual((g.get("seoul-port-worker-1").inputs.allowedAddressPairs as unknown[]).slice(-2), pairs);
    assert.deepEqual(g.get("seoul-port-nfs").inputs.allowedAddressPairs, []);
  });
});

describe("data volumes on OpenStack", () => {
  it("are protected and kept as the plan says, and grow in place", async () => {
    const kept = await build(samplePlan("highAvailability", { retain: ["volumes"] }));
    const volume = kept.get("seoul-volume-general-1.osd");
    assert.equal(volume.options.protect, true);
    assert.equal(volume.options.retainOnDelete, true);
    assert.equal(volume.options.replacementTrigger, undefined);
    assert.deepEqual([volume.inputs.size, volume.inputs.enableOnlineResize, volume.inputs.availabilityZone], [100, true, undefined]);
    const loose = await build(samplePlan("highAvailability", { protect: "none" }));
    assert.equal(loose.get("seoul-volume-general-1.osd").options.protect, false);
    assert.equal(loose.get("seoul-volume-general-1.osd").options.retainOnDelete, false);
  });

  it("are detached before they are attached to a machine built anew", async () => {
    const g = await build(samplePlan("highAvailability"));
    assert.equal(g.get("seoul-attach-general-1.osd").options.deleteBeforeReplace, true);
    assert.deepEqual(g.get("seoul-attach-general-1.osd").inputs, {
      instanceId: "seoul-machine-general-1-id",
      volumeId: "seoul-volume-general-1.osd-id",
    });
    assert.deepEqual(
      g.resources.filter((each) => each.options.dependsOn.some((name) => name.startsWith("seoul-attach"))),
      [],
      "nothing hangs on an attachment, or it would be replaced with it",
    );
  });

  it("are seen in the guest under the first 20 characters of their id", async () => {
    const { machines } = built(await build(samplePlan("highAvailability")));
    assert.equal(await value(machines.nfs?.devices.share), "/dev/disk/by-id/virtio-seoul-volume-nfs.sha");
  });

  it("are formatted and exported by the NFS server's user data, and by no other machine's", async () => {
    const g = await build(samplePlan("standard"));
    assert.match(
      String(g.get("seoul-machine-nfs").inputs.userData),
      /^#cloud-config\n[\s\S]*\/dev\/disk\/by-id\/virtio-seoul-volume-nfs.sha/,
    );
    assert.doesNotMatch(String(g.get("seoul-machine-cp-1").inputs.userData), /dev\/disk/);
  });

  it("are mounted over NFS by every node, by the client of its system", async () => {
    const clients = async (changes: Parameters<typeof samplePlan>[1]) => {
      const g = await build(samplePlan("standard", changes));
      return ["cp-1", "worker-1"].map((key) => /nfs-\w+/.exec(String(g.get(`seoul-machine-${key}`).inputs.userData))?.[0]);
    };
    const storage = { kind: "nfs", server: "10.9.0.5", path: "/srv/share" };
    assert.deepEqual(await clients(undefined), ["nfs-common", "nfs-common"]);
    assert.deepEqual(await clients({ infrastructure: { image: "rocky-9" }, platform: { storage } }), ["nfs-utils", "nfs-utils"]);
    assert.deepEqual(await clients({ platform: { storage: { kind: "existing", className: "ceph" } } }), [undefined, undefined]);
  });
});

describe("the API's balancer on OpenStack", () => {
  it("has the planned address, admits nodes and administrators, and outlives an idle hour", async () => {
    const g = await build(samplePlan("highAvailability"));
    assert.equal(g.get("seoul-api").inputs.vipAddress, "10.20.255.254");
    const listener = g.get("seoul-api-listener").inputs;
    assert.deepEqual(listener.allowedCidrs, ["10.20.0.0/16", "203.0.113.0/24"]);
    const admins = { infrastructure: { access: { adminCidrs: ["203.0.113.0/24", "198.51.100.0/24"] } } };
    const { inputs } = (await build(samplePlan("highAvailability", admins))).get("seoul-api-listener");
    assert.deepEqual(inputs.allowedCidrs, ["10.20.0.0/16", "198.51.100.0/24", "203.0.113.0/24"], "as Octavia gives them back");
    assert.deepEqual([listener.timeoutClientData, listener.timeoutMemberData], [3_600_000, 3_600_000]);
    assert.deepEqual([listener.protocol, listener.protocolPort], ["TCP", 6443]);
    assert.equal(g.get("seoul-floating-ip-associate-api").inputs.portId, "seoul-api-vip-port");
  });

  it("has one member per control plane, after its machine", async () => {
    const g = await build(samplePlan("highAvailability"));
    assert.deepEqual(
      ofType(g, "Member")
        .map((each) => each.name)
        .sort(),
      ["seoul-api-member-cp-1", "seoul-api-member-cp-2", "seoul-api-member-cp-3"],
    );
    const member = g.get("seoul-api-member-cp-2");
    assert.deepEqual([member.inputs.address, member.inputs.protocolPort, member.inputs.subnetId], ["10.20.0.4", 6443, "seoul-subnet-id"]);
    assert.ok(member.options.dependsOn.includes("seoul-machine-cp-2"));
  });

  it("asks /readyz, or only for a connection where nobody may ask", async () => {
    const monitor = async (overrides: Parameters<typeof samplePlan>[1]) =>
      (await build(samplePlan("highAvailability", overrides))).get("seoul-api-monitor").inputs;
    assert.deepEqual((({ type, urlPath, expectedCodes }) => [type, urlPath, expectedCodes])(await monitor({})), [
      "HTTPS",
      "/readyz",
      "200",
    ]);
    assert.equal((await monitor({ cluster: { variables: { kube_api_anonymous_auth: false } } })).type, "TCP");
    assert.equal((await monitor({ infrastructure: { openstack: { loadBalancerProvider: "ovn" } } })).type, "TCP");
  });

  it("asks OVN's balancer for nothing it lacks", async () => {
    const g = await build(samplePlan("highAvailability", { infrastructure: { openstack: { loadBalancerProvider: "ovn" } } }));
    assert.equal(g.get("seoul-api-pool").inputs.lbMethod, "SOURCE_IP_PORT");
    assert.equal(g.get("seoul-api-listener").inputs.allowedCidrs, undefined);
    assert.equal(g.get("seoul-api-listener").inputs.timeoutClientData, undefined);
  });

  it("gives way to a reserved port for a virtual address, and to the first control plane's port", async () => {
    const plan = samplePlan("highAvailability");
    const virtual = await build({ ...plan, apiEndpoint: { kind: "virtualIp", address: "10.20.255.254", port: 6443 } });
    assert.deepEqual(virtual.get("seoul-address-api").inputs.fixedIps, [{ subnetId: "seoul-subnet-id", ipAddress: "10.20.255.254" }]);
    assert.deepEqual(virtual.get("seoul-port-cp-1").inputs.allowedAddressPairs, [{ ipAddress: "10.20.255.254" }]);
    assert.deepEqual(ofType(virtual, "LoadBalancer"), []);
    const single = await build(samplePlan("minimal"));
    assert.equal(single.get("seoul-floating-ip-associate-api").inputs.portId, "seoul-port-cp-1-id");
  });
});

describe("identity on OpenStack", () => {
  const three = { cluster: { pools: { general: { nodes: { a: {}, b: {}, c: {} } } } } };

  it("removing a machine from the middle removes its own resources and touches no other", async () => {
    const before = sampleEnvironment("standard", three);
    const without = sampleEnvironment("standard", { cluster: { pools: { general: { nodes: { a: {}, c: {} } } } } }, before.lock);
    const [one, two] = [await build(before.plan), await build(without.plan)];
    assert.deepEqual(one.removed(two), ["seoul-machine-b", "seoul-port-b"]);
    assert.deepEqual([one.added(two), one.changed(two)], [[], []]);
  });

  it("growing a pool adds the new machines only", async () => {
    const before = sampleEnvironment("highAvailability");
    const grown = sampleEnvironment("highAvailability", { cluster: { pools: { general: { nodes: 4 } } } }, before.lock);
    const [one, two] = [await build(before.plan), await build(grown.plan)];
    assert.deepEqual(one.added(two), [
      "seoul-attach-general-4.osd",
      "seoul-machine-general-4",
      "seoul-port-general-4",
      "seoul-volume-general-4.osd",
    ]);
    assert.deepEqual([one.removed(two), one.changed(two)], [[], []]);
  });

  it("never gives two things one name, whatever the keys are", async () => {
    const volumes = (...names: string[]) => names.map((name) => ({ name, sizeGiB: 10 }));
    const pools = {
      one: { nodes: { a: {}, ingress: {}, api: {} }, volumes: volumes("b-c") },
      two: { nodes: { "a-b": {} }, volumes: volumes("c") },
    };
    const g = await build(samplePlan("standard", { cluster: { pools } }));
    assert.equal(new Set(g.urns()).size, g.resources.length);
  });

  it("adding a zone moves no machine", async () => {
    const before = sampleEnvironment("highAvailability");
    const zones = ["az-0", "az-1", "az-2", "az-3"];
    const after = sampleEnvironment("highAvailability", { infrastructure: { zones } }, before.lock);
    const [one, two] = [await build(before.plan), await build(after.plan)];
    assert.deepEqual([one.added(two), one.removed(two), one.changed(two)], [[], [], []]);
  });

  it("renaming a label changes labels and nothing else", async () => {
    const before = sampleEnvironment("highAvailability");
    const after = sampleEnvironment("highAvailability", { labels: { team: undefined, crew: "platform" } }, before.lock);
    const [one, two] = [await build(before.plan), await build(after.plan)];
    assert.deepEqual([one.added(two), one.removed(two)], [[], []]);
    for (const name of one.changed(two)) {
      const [{ tags: _t, metadata: _m, ...old }, { tags: _u, metadata: _n, ...fresh }] = [one.get(name).inputs, two.get(name).inputs];
      assert.deepEqual(old, fresh, name);
    }
  });

  it("raising a generation adds a machine of another name, address and port beside the old one, and takes that away", async () => {
    const nodes = (b: object) => ({ cluster: { pools: { general: { nodes: { a: {}, b, c: {} } } } } });
    const before = sampleEnvironment("standard", nodes({}));
    const after = sampleEnvironment("standard", nodes({ generation: 2 }), before.lock);
    const [one, two] = [await build(before.plan), await build(after.plan)];
    assert.deepEqual(one.added(two), ["seoul-machine-b-g2", "seoul-port-b-g2"]);
    assert.deepEqual(one.removed(two), ["seoul-machine-b", "seoul-port-b"]);
    assert.deepEqual(one.changed(two), []);
    assert.equal(two.get("seoul-machine-b-g2").inputs.name, "seoul-b-g2");
    assert.notDeepEqual(two.get("seoul-port-b-g2").inputs.fixedIps, one.get("seoul-port-b").inputs.fixedIps);
  });

  it("rebuilding a control plane makes another member of the balancer", async () => {
    const nodes = (second: object) => ({ cluster: { controlPlane: { nodes: { "cp-1": {}, "cp-2": second, "cp-3": {} } } } });
    const before = sampleEnvironment("highAvailability", nodes({}));
    const after = sampleEnvironment("highAvailability", nodes({ generation: 2 }), before.lock);
    const [one, two] = [await build(before.plan), await build(after.plan)];
    assert.deepEqual(one.added(two), ["seoul-api-member-cp-2-g2", "seoul-machine-cp-2-g2", "seoul-port-cp-2-g2"]);
    assert.deepEqual(one.removed(two), ["seoul-api-member-cp-2", "seoul-machine-cp-2", "seoul-port-cp-2"]);
    assert.deepEqual(one.changed(two), []);
  });
});

describe("secrets and access on OpenStack", () => {
  const canary = "canary-7f3a";
  const one = utils.generateKeyPairSync("ed25519");

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
    assert.notEqual(await pair(one.private), await pair(utils.generateKeyPairSync("ed25519").private));
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
