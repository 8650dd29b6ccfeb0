// A bare Pulumi program of as many resources as an environment has, of the same kinds, run by the plain Automation API on the sandbox's
// providers: what an environment is compared with. bare.js FOLDER KINDS.json preview|up|destroy; KINDS.json holds how many of each type.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Volume } from "@pulumi/openstack/blockstorage/volume";
import { Instance } from "@pulumi/openstack/compute/instance";
import { VolumeAttach } from "@pulumi/openstack/compute/volumeAttach";
import { Network } from "@pulumi/openstack/networking/network";
import { Port } from "@pulumi/openstack/networking/port";
import { SecGroup } from "@pulumi/openstack/networking/secGroup";
import { SecGroupRule } from "@pulumi/openstack/networking/secGroupRule";
import { Subnet } from "@pulumi/openstack/networking/subnet";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import { Stack } from "@pulumi/pulumi/automation";
import { RandomPassword } from "@pulumi/random/randomPassword";
import { PrivateKey } from "@pulumi/tls/privateKey";
import { locateEngine } from "../../engine/locate";
import { openWorkspace, sandboxSetting } from "../../engine/workspace";
import { writeWorld } from "../../engine/world";
import { haFile, planOf } from "./fixtures";

const SERVER = "https://10.16.0.2:6443";

async function main([folder = "", kinds = "", operation = ""]: readonly string[]): Promise<void> {
  const counts: Record<string, number> = JSON.parse(readFileSync(kinds, "utf8"));
  const plan = planOf(haFile("bare", 3));
  const setting = sandboxSetting(folder, plan);
  const program = async (): Promise<void> => register(counts);
  const { workspace } = await openWorkspace(await locateEngine(), setting, operation === "destroy" ? undefined : program, {});
  const stack = await Stack.createOrSelect(setting.stack, workspace);
  const { world = "" } = setting;
  writeWorld(world, plan);
  const nodes = { "cp-1": { ready: true, roles: ["control-plane", "etcd"], labels: {}, taints: [], address: "10.16.0.2" } };
  writeFileSync(join(world, "cluster.json"), JSON.stringify({ name: "bare", server: SERVER, kubernetes: "1.33.5", nodes }));
  const options = { parallel: 32, suppressProgress: true };
  if (operation === "preview") await stack.preview(options);
  else if (operation === "up") await stack.up(options);
  else await stack.destroy(options);
}

/** As many resources as the counts say; ConfigMaps stand for what has no maker here: components, releases and the like. */
async function register(counts: Readonly<Record<string, number>>): Promise<void> {
  const { Provider } = await import("@pulumi/kubernetes/provider.js");
  const { ConfigMap } = await import("@pulumi/kubernetes/core/v1/configMap.js");
  const network = new Network("network", {});
  const subnet = new Subnet("subnet", { networkId: network.id, cidr: "10.16.0.0/16" });
  const group = new SecGroup("group", { description: "bare" });
  const provider = new Provider("kubernetes", { kubeconfig: kubeconfig() });
  const machines: Instance[] = [];
  const volumes: Volume[] = [];
  const plan = planOf(haFile("bare", 3));
  const [machine] = plan.machines;
  const port = (name: string, opts: CustomResourceOptions = {}): Port =>
    new Port(name, { networkId: network.id, fixedIps: [{ subnetId: subnet.id }], securityGroupIds: [group.id] }, opts);
  const makers: Readonly<Record<string, (name: string, index: number) => unknown>> = {
    "openstack:networking/port:Port": (name) => port(name),
    "openstack:networking/secGroupRule:SecGroupRule": (name, index) =>
      new SecGroupRule(name, {
        ...{ direction: "ingress", ethertype: "IPv4", protocol: "tcp", securityGroupId: group.id },
        ...{ portRangeMin: 1000 + index, portRangeMax: 1000 + index, remoteIpPrefix: "10.0.0.0/8" },
      }),
    "openstack:blockstorage/volume:Volume": (name) => volumes.push(new Volume(name, { size: 100 })),
    "openstack:compute/instance:Instance": (name) =>
      machines.push(
        new Instance(name, {
          ...{ imageName: machine?.image ?? "", flavorName: machine?.size ?? "", networks: [{ port: port(`${name}-port`).id }] },
          userData: "#cloud-config\npackages:\n  - nfs-common\n",
        }),
      ),
    "random:index/randomPassword:RandomPassword": (name) => new RandomPassword(name, { length: 32 }),
    "tls:index/privateKey:PrivateKey": (name) => new PrivateKey(name, { algorithm: "ED25519" }),
  };
  // Each machine brings its port along.
  const ports = (counts["openstack:networking/port:Port"] ?? 0) - (counts["openstack:compute/instance:Instance"] ?? 0);
  const attachments = counts["openstack:compute/volumeAttach:VolumeAttach"] ?? 0;
  let rest = Object.values(counts).reduce((sum, count) => sum + count, 0) - RESOURCES_ANYWAY - attachments;
  for (const [type, make] of Object.entries(makers)) {
    const count = type.endsWith(":Port") ? Math.max(0, ports) : (counts[type] ?? 0);
    for (let index = 0; index < count; index += 1) make(`${type.split(":").at(-1)}-${index}`, index);
    rest -= type.endsWith(":Port") ? (counts[type] ?? 0) : count;
  }
  for (let index = 0; index < attachments; index += 1) {
    const [instance, volume] = [machines[index % machines.length], volumes[index]];
    if (instance && volume) new VolumeAttach(`attach-${index}`, { instanceId: instance.id, volumeId: volume.id });
  }
  for (let index = 0; index < rest; index += 1) new ConfigMap(`config-${index}`, { data: { index: String(index) } }, { provider });
}

/** The stack, its default providers, and what the others stand on. */
const RESOURCES_ANYWAY = 8;

function kubeconfig(): string {
  return JSON.stringify({
    apiVersion: "v1",
    clusters: [{ name: "bare", cluster: { server: SERVER } }],
    contexts: [{ name: "admin", context: { cluster: "bare", user: "admin" } }],
    "current-context": "admin",
  });
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
