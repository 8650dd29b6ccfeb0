import assert from "node:assert/strict";
import fc from "fast-check";
import { overlaps, parseAddress, parseCidr, parseRange, parseSpan } from "../../../model/ipv4";
import { environmentFile, planFile, plannedFile } from "../../support/environment";

const zones = ["az-1", "az-2", "az-3"];
const pools = (nodes: unknown, over: Record<string, unknown> = {}) =>
  environmentFile({ infrastructure: { provider: "openstack", zones }, cluster: { pools: { worker: { nodes, ...over } } } });

function byKey(planned: ReturnType<typeof plannedFile>): Record<string, unknown> {
  return Object.fromEntries(planned.plan.machines.map((machine) => [machine.key, machine]));
}

describe("a plan", () => {
  it("is the same for the same file and lock, and its lock settles at once", () => {
    const first = plannedFile(pools(3));
    assert.equal(first.lockState, "missing");
    const second = plannedFile(pools(3), first.lock);
    assert.equal(second.lockState, "current");
    assert.deepEqual(second.lockChanges, []);
    assert.deepEqual(second.plan, first.plan);
  });

  it("names URLs by the address that their users can reach, and warns where only `up` can know it", () => {
    const of = (infrastructure: Record<string, unknown>, platform = {}) => {
      const file = environmentFile({ infrastructure: { provider: "openstack", ...infrastructure }, platform });
      const { planned, problems } = planFile(file);
      return {
        domain: planned?.plan.platform.domain,
        floating: planned?.plan.network.floating,
        names: planned?.plan.cluster.variables.supplementary_addresses_in_ssl_keys,
        warned: problems.filter(({ path }) => path === "platform.domain").map(({ severity }) => severity),
      };
    };
    const access = { adminCidrs: ["203.0.113.0/24"] };
    const inside = { domain: "10.20.255.223.nip.io", names: ["10.20.0.2"] };
    assert.deepEqual(of({}), { ...inside, floating: {}, warned: [] });
    assert.deepEqual(of({ access }), { ...inside, floating: { api: {}, ingress: {} }, warned: ["warning"] });
    assert.deepEqual(of({ access, network: { floating: "none" } }), { ...inside, floating: {}, warned: [] });
    assert.deepEqual(of({ access, network: { floating: { api: "198.51.100.7", ingress: "198.51.100.8" } } }), {
      domain: "198.51.100.8.nip.io",
      names: ["10.20.0.2", "198.51.100.7"],
      floating: { api: { address: "198.51.100.7" }, ingress: { address: "198.51.100.8" } },
      warned: [],
    });
    assert.deepEqual(of({ access }, { domain: "seoul.example.org" }).warned, []);
  });

  it("makes the machines beside the cluster of the flavors that the file names", () => {
    const access = { bastion: { size: "tiny" } };
    const file = environmentFile({
      infrastructure: { provider: "openstack", access },
      platform: { storage: { kind: "nfs", size: "fat" } },
    });
    const sizes = plannedFile(file).plan.machines.map(({ key, size }) => `${key} ${size}`);
    assert.deepEqual([sizes.at(0), sizes.at(-1)], ["bastion tiny", "nfs fat"]);
  });

  it("gives the machines of each profile", () => {
    const keys = (profile: string) => plannedFile(environmentFile({ profile })).plan.machines.map(({ key }) => key);
    assert.deepEqual(keys("minimal"), ["cp-1", "worker-1", "worker-2", "nfs"]);
    assert.deepEqual(keys("standard"), ["cp-1", "worker-1", "worker-2", "worker-3", "nfs"]);
    assert.deepEqual(keys("highAvailability"), ["bastion", "cp-1", "cp-2", "cp-3", "worker-1", "worker-2", "worker-3", "nfs"]);
  });

  it("touches no other machine when one is taken out of the middle", () => {
    const before = plannedFile(pools({ a: {}, b: {}, c: {} }));
    const after = plannedFile(pools({ a: {}, c: {} }), before.lock);
    const { b: _gone, ...rest } = byKey(before);
    assert.deepEqual(byKey(after), rest);
    assert.deepEqual(
      after.lockChanges.map((change) => change.path),
      ["machines.b.address", "machines.b.generation", "machines.b.zone", "retired.b.address", "retired.b.zone"],
    );
  });

  it("touches no other machine when a zone is added, a label renamed or a pool grown", () => {
    const before = plannedFile(pools(3, { labels: { tier: "one" } }));
    const zone = plannedFile(
      environmentFile({
        infrastructure: { provider: "openstack", zones: ["az-0", ...zones] },
        cluster: { pools: { worker: { nodes: 3, labels: { tier: "one" } } } },
      }),
      before.lock,
    );
    assert.deepEqual(byKey(zone), byKey(before));
    const grown = plannedFile(pools(4, { labels: { tier: "one" } }), before.lock);
    const { "worker-4": added, ...others } = byKey(grown);
    assert.ok(added);
    assert.deepEqual(others, byKey(before));
    const renamed = plannedFile(pools(3, { labels: { tier: "two" } }), before.lock);
    assert.equal(renamed.lockState, "current");
    assert.deepEqual(
      renamed.plan.machines.map(({ address, zone: at, name }) => [name, address, at]),
      before.plan.machines.map(({ address, zone: at, name }) => [name, address, at]),
    );
  });

  it("leaves a machine where it stands when its zone is named no longer, or none was named while it was built", () => {
    const file = (names?: string[]) =>
      environmentFile({
        infrastructure: { provider: "openstack", ...(names ? { zones: names } : {}) },
        cluster: { pools: { worker: { nodes: 3 } } },
      });
    for (const [first, second] of [
      [zones, ["az-1"]],
      [undefined, zones],
    ]) {
      const before = plannedFile(file(first));
      assert.deepEqual(byKey(plannedFile(file(second), before.lock)), byKey(before));
    }
  });

  it("keeps the order of the control planes however the file lists them", () => {
    const file = (keys: string[]) =>
      environmentFile({ cluster: { controlPlane: { nodes: Object.fromEntries(keys.map((key) => [key, {}])) } } });
    const before = plannedFile(file(["c", "a", "b"]));
    assert.deepEqual(before.plan.cluster.controlPlane, ["c", "a", "b"]);
    assert.deepEqual(plannedFile(file(["a", "b", "c"]), before.lock).plan.cluster.controlPlane, ["c", "a", "b"]);
  });

  it("builds a machine of a raised generation under another name and address, and keeps the old address out of use", () => {
    const before = plannedFile(pools({ a: {}, b: {} }));
    const after = plannedFile(pools({ a: {}, b: { generation: 2 } }), before.lock);
    const [old, rebuilt] = [before, after].map(({ plan }) => plan.machines.find(({ key }) => key === "b"));
    assert.equal(rebuilt?.name, "b-g2");
    assert.notEqual(rebuilt?.address, old?.address);
    assert.equal(rebuilt?.zone, old?.zone);
    assert.deepEqual(after.lock.retired, { b: { zone: old?.zone, address: old?.address } });
    const later = plannedFile(pools({ a: {}, b: { generation: 2 }, c: {} }), after.lock);
    assert.notEqual(later.plan.machines.find(({ key }) => key === "c")?.address, old?.address);
  });

  it("gives a machine that comes back what it had", () => {
    const before = plannedFile(pools(4));
    const without = plannedFile(pools(2), before.lock);
    assert.deepEqual(Object.keys(without.lock.retired), ["worker-3", "worker-4"]);
    const back = plannedFile(pools(4), without.lock);
    assert.deepEqual(back.plan, before.plan);
    assert.deepEqual(back.lock, before.lock);
  });

  it("gives a retired address again only when no other is left", () => {
    const small = (nodes: unknown) =>
      environmentFile({
        infrastructure: { provider: "openstack", network: { cidr: "10.9.0.0/28" } },
        cluster: { pools: { worker: { nodes } } },
      });
    let planned = plannedFile(small({ a: {}, b: {} }));
    const seen = new Set<string>();
    for (let generation = 2; generation < 12; generation += 1) {
      planned = plannedFile(small({ a: {}, b: { generation } }), planned.lock);
      seen.add(planned.plan.machines.find(({ key }) => key === "b")?.address ?? "");
    }
    assert.ok(seen.size < 10, "a /28 has not so many addresses");
  });

  it("spreads machines over zones and never moves one", () => {
    const planned = plannedFile(environmentFile({ profile: "highAvailability", infrastructure: { provider: "openstack", zones } }));
    for (const group of ["control-plane", "worker"]) {
      assert.equal(new Set(planned.plan.machines.filter((machine) => machine.group === group).map(({ zone }) => zone)).size, 3);
    }
  });

  it("never gives an address twice, nor one outside the network, whatever is added, removed and rebuilt", () => {
    const change = fc.record({ key: fc.constantFrom("a", "b", "c", "d", "e", "f"), action: fc.constantFrom("add", "remove", "rebuild") });
    const network = fc.constantFrom("10.20.0.0/16", "192.168.10.0/24", "172.20.4.0/26", "10.0.5.0/27");
    fc.assert(
      fc.property(network, fc.array(change, { maxLength: 12 }), (cidr, changes) => {
        const nodes: Record<string, { generation: number }> = { z: { generation: 1 } };
        const file = () =>
          environmentFile({
            profile: "highAvailability",
            infrastructure: { provider: "openstack", zones, network: { cidr } },
            cluster: { pools: { worker: { nodes } } },
          });
        let before = plannedFile(file());
        for (const { key, action } of changes) {
          if (action === "remove") delete nodes[key];
          else nodes[key] = { generation: (nodes[key]?.generation ?? 0) + (action === "rebuild" || !nodes[key] ? 1 : 0) };
          const after = plannedFile(file(), before.lock);
          const block = parseCidr(cidr);
          const addresses = after.plan.machines.map(({ address }) => parseAddress(address) ?? -1);
          assert.equal(new Set(addresses).size, addresses.length);
          for (const address of addresses) assert.ok(block && address > block.first && address < block.last);
          const { loadBalancerRange, subnets } = after.plan.network;
          const [{ cloudRange, gateway }] = subnets;
          const spans = [cloudRange, loadBalancerRange].flatMap((range) => (range ? [parseRange(`${range.first}-${range.last}`)] : []));
          const singles = [...addresses, parseAddress(gateway ?? "") ?? -1, parseAddress(after.plan.apiEndpoint.address) ?? -1];
          for (const span of spans) for (const value of singles) assert.ok(span && !overlaps(span, { first: value, last: value }));
          const kept = new Map(before.plan.machines.map((machine) => [machine.name, machine]));
          for (const machine of after.plan.machines) {
            const old = kept.get(machine.name);
            if (old) assert.deepEqual([machine.address, machine.zone], [old.address, old.zone]);
            else
              assert.ok(
                !before.plan.machines.some(({ address }) => address === machine.address),
                "an address of a machine that is still there",
              );
          }
          assert.deepEqual(plannedFile(file(), after.lock).plan, after.plan);
          before = after;
        }
      }),
      { numRuns: 60 },
    );
  });

  it("opens nothing to the world unless the file says so", () => {
    const open = (over: Record<string, unknown>) =>
      plannedFile(environmentFile(over))
        .plan.flows.filter((flow) => flow.from === "cidr:0.0.0.0/0")
        .map(({ to, ports }) => `${to} ${ports.join(",")}`);
    for (const profile of ["minimal", "standard", "highAvailability"]) assert.deepEqual(open({ profile }), []);
    assert.deepEqual(open({ infrastructure: { provider: "openstack", access: { ingressCidrs: ["0.0.0.0/0"] } } }), ["worker 80,443"]);
  });

  it("has an inventory whose groups name only hosts it has variables for", () => {
    const { inventory } = plannedFile(environmentFile({ profile: "highAvailability" })).plan;
    const hosts = Object.keys(inventory._meta.hostvars);
    // Ansible warns of a host and a group of one name at every call; and kubespray would lead SSH through a host named bastion, unchecked.
    assert.deepEqual(
      hosts.filter((host) => host in inventory || host === "bastion"),
      [],
    );
    for (const [name, group] of Object.entries(inventory)) {
      if (name === "_meta") continue;
      for (const host of (group as { hosts?: string[] }).hosts ?? []) assert.ok(hosts.includes(host), `${name}: ${host}`);
    }
    assert.deepEqual(inventory._meta.hostvars["cp-2"], {
      ansible_host: "10.20.0.4",
      ip: "10.20.0.4",
      access_ip: "10.20.0.4",
      etcd_member_name: "cp-2",
    });
  });

  it("names only services that are in the plan as what a service depends on, each before it", () => {
    const { services } = plannedFile(environmentFile({ platform: { storage: { kind: "existing", className: "ceph" } } })).plan;
    const seen = new Set<string>();
    for (const service of services) {
      for (const needed of service.dependsOn) assert.ok(seen.has(needed), `${service.name} needs ${needed}`);
      seen.add(service.name);
    }
    assert.ok(!seen.has("storage"));
  });
});

describe("addresses that belong to others", () => {
  const file = (over: Record<string, unknown>, rest: Record<string, unknown> = {}) =>
    environmentFile({ infrastructure: { provider: "openstack", network: { cidr: "192.168.0.0/24", ...over } }, ...rest });

  it("are given to no machine: resolvers, the given share, single hosts that may enter, what is reserved", () => {
    const { plan } = plannedFile({
      ...file({ dns: ["192.168.0.2"], reserved: ["192.168.0.4-192.168.0.6", "192.168.0.240/28"] }),
      platform: { storage: { kind: "nfs", server: "192.168.0.3", path: "/export" } },
    });
    assert.deepEqual(
      plan.machines.map(({ address }) => address),
      ["192.168.0.7", "192.168.0.8", "192.168.0.9"],
    );
    assert.equal(plan.network.loadBalancerRange?.last, "192.168.0.239");
    assert.deepEqual(plan.network.reserved, ["192.168.0.4-192.168.0.6", "192.168.0.240/28"]);
  });

  it("leave alone what stands there already, and say so: a machine, the load-balancer range, the endpoint", () => {
    const balanced = { cluster: { apiEndpoint: { kind: "loadBalancer" } } };
    const before = plannedFile(file({}, balanced));
    const { planned, problems } = planFile(file({ reserved: ["192.168.0.2", "192.168.0.128/25"] }, balanced), before.lock);
    assert.deepEqual(planned?.plan.machines, before.plan.machines);
    assert.deepEqual(planned?.plan.network.loadBalancerRange, before.plan.network.loadBalancerRange);
    assert.deepEqual(planned?.plan.apiEndpoint, before.plan.apiEndpoint);
    assert.deepEqual(
      problems.map(({ severity, path, reason }) => `${severity} ${path}: ${reason}`),
      [
        "warning infrastructure.network.reserved.0: the machine cp-1 (192.168.0.2) stands there already and stays; only what is new keeps away",
        "warning infrastructure.network.reserved.1: the load-balancer range 192.168.0.223-192.168.0.253, the API endpoint (192.168.0.254) stand there already and stay; only what is new keeps away",
      ],
    );
    const rebuilt = plannedFile(
      file(
        { reserved: ["192.168.0.2-192.168.0.30"] },
        { cluster: { pools: { worker: { nodes: { "worker-1": { generation: 2 }, "worker-2": {} } } } } },
      ),
      plannedFile(file({})).lock,
    );
    assert.equal(rebuilt.plan.machines.find(({ name }) => name === "worker-1-g2")?.address, "192.168.0.31");
  });

  it("are an error where a machine stands on a server's address", () => {
    const before = plannedFile(file({}));
    const { problems } = planFile(file({ dns: ["192.168.0.3"] }), before.lock);
    assert.deepEqual(
      problems.map(({ path, reason }) => `${path}: ${reason}`),
      ["infrastructure.network.dns.0: is the address of the machine worker-1, as the lock file has it"],
    );
  });

  it("never meet a planned address, whatever the file names", () => {
    const host = fc.integer({ min: 2, max: 253 }).map((last) => `192.168.0.${last}`);
    const span = fc.oneof(
      host,
      fc
        .tuple(fc.integer({ min: 2, max: 200 }), fc.integer({ min: 0, max: 40 }))
        .map(([first, more]) => `192.168.0.${first}-192.168.0.${first + more}`),
      fc.integer({ min: 0, max: 15 }).map((block) => `192.168.0.${block * 16}/28`),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(host, { maxLength: 4 }),
        host,
        fc.uniqueArray(span, { maxLength: 4 }),
        fc.uniqueArray(host, { maxLength: 2 }),
        (dns, server, reservedSpans, admins) => {
          const content = environmentFile({
            profile: "highAvailability",
            infrastructure: {
              provider: "openstack",
              network: { cidr: "192.168.0.0/24", dns, reserved: reservedSpans },
              access: { adminCidrs: admins.map((each) => `${each}/32`) },
            },
            platform: { storage: { kind: "nfs", server, path: "/x" } },
          });
          const { plan } = plannedFile(content);
          const { loadBalancerRange, subnets } = plan.network;
          const [{ cloudRange }] = subnets;
          const ours = [
            ...plan.machines.map(({ address }) => address),
            plan.apiEndpoint.address,
            ...[loadBalancerRange, cloudRange].flatMap((range) => (range ? [`${range.first}-${range.last}`] : [])),
          ].flatMap((text) => parseSpan(text) ?? []);
          for (const text of [...dns, server, ...reservedSpans, ...admins]) {
            const theirs = parseSpan(text);
            assert.ok(theirs && !ours.some((each) => overlaps(each, theirs)), text);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
