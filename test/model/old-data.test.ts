import assert from "node:assert/strict";
import { parseApplied } from "../../model/guard/applied";
import { findDangers } from "../../model/guard/dangers";
import { parseLock } from "../../model/lock";
import { Findings } from "../../model/problems";
import { planFile, plannedFile } from "../support/environment";

/** A lock file as the first version with one wrote it: addresses of machines that are gone without their names. */
const FIRST_LOCK = {
  version: 1,
  environment: "demo",
  release: "1.7.0",
  kubespray: "v2.29.0",
  kubernetes: "1.33.5",
  image: "ubuntu-22.04",
  network: { cloudRange: "10.20.255.193-10.20.255.222", loadBalancerRange: "10.20.255.223-10.20.255.254", ingressAddress: "10.20.255.223" },
  machines: {
    "cp-1": { address: "10.20.0.2", generation: 1, order: 1, etcdMember: "cp-1" },
    "worker-1": { address: "10.20.0.3", generation: 1 },
    "worker-2": { address: "10.20.0.4", generation: 1 },
    nfs: { address: "10.20.0.5", generation: 1 },
  },
};

const FILE = { name: "demo", infrastructure: { provider: "openstack" } };

function read(content: unknown) {
  const findings = new Findings();
  return {
    lock: parseLock(content, "demo", findings),
    problems: findings.toProblems("demo").map(({ path, reason }) => `${path}: ${reason}`),
  };
}

describe("what earlier versions wrote", () => {
  it("is read: the first lock files, whose content then is what a plan writes today", () => {
    const { lock, problems } = read({ ...FIRST_LOCK, retired: [] });
    assert.deepEqual(problems, []);
    const planned = planFile(FILE, lock).planned;
    assert.equal(planned?.lockState, "current");
    assert.deepEqual(planned?.lock, { ...FIRST_LOCK, retired: {} });
  });

  it("keeps an address that a machine had back, also where the lock does not say which", () => {
    const { lock } = read({ ...FIRST_LOCK, retired: ["10.20.0.6"] });
    const { machines } = plannedFile({ ...FILE, cluster: { pools: { worker: { nodes: 3 } } } }, lock).plan;
    assert.equal(machines.find(({ key }) => key === "worker-3")?.address, "10.20.0.7");
  });

  it("is refused where it is torn, whatever version it is of", () => {
    const { cloudRange: _range, ...network } = FIRST_LOCK.network;
    assert.deepEqual(read({ ...FIRST_LOCK, network, retired: {} }).problems, [
      "lock.network.cloudRange: is missing or is not what belongs there",
    ]);
    assert.deepEqual(read({ ...FIRST_LOCK, retired: 7 }).problems, ["lock.retired: is missing or is not what belongs there"]);
    assert.deepEqual(read(FIRST_LOCK).problems, ["lock.retired: is missing or is not what belongs there"]);
  });

  it("is read: the first form of what a stack records, of which nothing is dangerous on the same plan", () => {
    const { plan } = plannedFile(FILE, read({ ...FIRST_LOCK, retired: {} }).lock);
    const machine = (name: string, group: string, size: string, address: string, volumes: object[] = []) => {
      const roles = group === "control-plane" ? ["control-plane", "etcd"] : [group];
      return [name, { name, generation: 1, roles, group, size, address, volumes }];
    };
    const applied = parseApplied(
      {
        version: 1,
        machines: Object.fromEntries([
          machine("cp-1", "control-plane", "m1.large", "10.20.0.2"),
          machine("worker-1", "worker", "m1.xlarge", "10.20.0.3"),
          machine("worker-2", "worker", "m1.xlarge", "10.20.0.4"),
          machine("nfs", "nfs", "m1.medium", "10.20.0.5", [{ name: "share", sizeGiB: 200 }]),
        ]),
        controlPlane: ["cp-1"],
        network: { cidr: "10.20.0.0/16", podCidr: "10.233.64.0/18", serviceCidr: "10.233.0.0/18" },
        apiEndpoint: { kind: "node", address: "10.20.0.2" },
        ingressAddress: "10.20.255.223",
        storage: "nfs 10.20.0.5:/home/share/nfs",
        protectData: true,
        databases: true,
        place: {
          "infrastructure.provider": "openstack",
          "infrastructure.region": "",
          "infrastructure.network.existing": "",
          "infrastructure.openstack.externalNetwork": "public",
        },
      },
      "demo",
    );
    assert.deepEqual(
      findDangers(applied, plan).map(({ path, reason }) => `${path}: ${reason}`),
      [],
    );
  });
});
