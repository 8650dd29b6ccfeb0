import assert from "node:assert/strict";
import { output } from "@pulumi/pulumi";
import { accessRules } from "../../../providers/openstack/access-rules";
import { allowedAddresses } from "../../../providers/openstack/address-pairs";
import { bill } from "../../../providers/openstack/bill";
import { inCluster } from "../../../providers/openstack/in-cluster";
import { compileRules } from "../../../providers/openstack/security-groups";
import { openstackFirewall } from "../../support/firewalls/openstack";
import { build, built, catalogue, IDENTITY, ofType, PLACES, value } from "../../support/openstack";
import { type FileContent, merge, samplePlan } from "../../support/plan";
import { OUTSIDE, PROBES } from "../../support/probes";
import { differences, type Extra, reaches } from "../../support/reachability";

const CLOUD = { platform: { loadBalancer: { kind: "cloud" }, storage: { kind: "cloud" } } };
const SECRET = { "openstack:identity/applicationCredential:ApplicationCredential": () => ({ secret: "canary-credential" }) };
const plan = (over: FileContent = {}) => samplePlan("highAvailability", merge(CLOUD, over));
const graph = (over?: FileContent) => build(plan(over), {}, { invokes: IDENTITY, outputs: SECRET });

describe("OpenStack's controller and driver of volumes", () => {
  it("have a login each, with the calls of what they do and no others", async () => {
    const g = await graph();
    const [controller, volumes] = ["controller", "volumes"].map((part) => g.get(`seoul-credential-${part}`).inputs);
    assert.deepEqual([controller?.roles, volumes?.roles], [["load-balancer_member", "member"], ["member"]]);
    assert.deepEqual([controller?.unrestricted, volumes?.unrestricted], [false, false]);
    assert.deepEqual(controller?.accessRules, accessRules(["balancers"]));
    assert.deepEqual(volumes?.accessRules, accessRules(["volumes"]));
    const writes = accessRules(["balancers"]).filter(({ method }) => method !== "GET");
    assert.ok(
      writes.every(({ service }) => service === "load-balancer"),
      "no floating addresses of its own",
    );
    assert.ok(!g.resources.some(({ name }) => name === "seoul-credential"), "none for what nobody asked for");
    assert.deepEqual(g.leaks("canary-credential"), []);
  });

  it("are told where they log in, what was made for them, and the port that keeps the ingress's address", async () => {
    const { told } = built(await graph());
    const at = (name: string) => value(told?.ids[name] ?? told?.secrets[name]);
    assert.equal(await at("identity"), "https://identity:5000/v3");
    assert.equal(await at("ingressPort"), "seoul-address-ingress-id");
    assert.equal(await at("subnet"), "seoul-subnet-id");
    const known = Object.fromEntries(
      await Promise.all(Object.keys({ ...told?.ids, ...told?.secrets }).map(async (name) => [name, (await at(name)) ?? ""] as const)),
    );
    const { controller, volumes } = inCluster;
    assert.equal(
      controller?.secret?.data(plan(), known)["cloud.conf"],
      [
        "[Global]",
        'auth-url = "https://identity:5000/v3"',
        'region = "RegionOne"',
        'application-credential-id = "seoul-credential-controller-id"',
        'application-credential-secret = "canary-credential"',
        "",
        "[LoadBalancer]",
        'lb-provider = "amphora"',
        'lb-method = "ROUND_ROBIN"',
        'subnet-id = "seoul-subnet-id"',
        'create-monitor = "true"',
        'manage-security-groups = "false"',
        'internal-lb = "false"',
        "",
      ].join("\n"),
    );
    assert.match(volumes?.secret?.data(plan(), known)["cloud.conf"] ?? "", /credential-volumes-id/);
    assert.deepEqual(controller?.annotations(plan(), known), {
      "loadbalancer.openstack.org/port-id": "seoul-address-ingress-id",
      "service.beta.kubernetes.io/openstack-internal-load-balancer": "false",
      "loadbalancer.openstack.org/timeout-client-data": "3600000",
      "loadbalancer.openstack.org/timeout-member-data": "3600000",
    });
    const ovn = plan({ infrastructure: { openstack: { loadBalancerProvider: "ovn" } } });
    assert.deepEqual(
      Object.keys(controller?.annotations(ovn, known) ?? {}).filter((key) => key.includes("timeout")),
      [],
    );
  });

  it("trust the authority that vouches for the cloud, which stands beside their configuration", async () => {
    const certificate = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n";
    const g = await build(plan(), { authority: output(certificate) }, { invokes: IDENTITY, outputs: SECRET });
    const authority = await value(built(g).told?.ids.authority);
    assert.equal(authority, certificate);
    for (const part of [inCluster.controller, inCluster.volumes]) {
      const trusting = part?.secret?.data(plan(), { authority: certificate }) ?? {};
      assert.match(trusting["cloud.conf"] ?? "", /^\[Global\][^[]*\nca-file = "\/etc\/config\/ca\.crt"\n/);
      assert.equal(trusting["ca.crt"], certificate);
      assert.deepEqual(Object.keys(part?.secret?.data(plan(), { authority: "" }) ?? {}), ["cloud.conf"]);
      assert.doesNotMatch(part?.secret?.data(plan(), {})["cloud.conf"] ?? "", /ca-file/);
    }
  });

  const unreachable: readonly (readonly [what: string, places: Readonly<Record<string, string | undefined>>, says: RegExp])[] = [
    [
      "no Octavia",
      { "load-balancer": undefined },
      /platform\.loadBalancer\.kind: .*no public address of load-balancer in RegionOne, which the controller asks for[\s\S]*or use metallb$/,
    ],
    [
      "volumes by their newer name alone",
      { volumev3: undefined, "block-storage": "https://volumes:8776/v3/p" },
      /platform\.storage\.kind: .*no public address of volumev3 in RegionOne, which the driver of volumes asks for/,
    ],
    [
      "ports of its own",
      { compute: "https://cloud:13774/v2.1" },
      /platform\.storage\.kind: .*control planes are not let out to compute at https:\/\/cloud:13774\/v2\.1: they are to ports 80, 443, 5000/,
    ],
  ];
  for (const [what, places, says] of unreachable)
    it(`are told before anything is made that a catalogue has ${what}`, async () => {
      const known = Object.entries({ ...PLACES, ...places }).filter((entry): entry is [string, string] => entry[1] !== undefined);
      await assert.rejects(build(plan(), {}, { invokes: catalogue(Object.fromEntries(known)), outputs: SECRET }), says);
    });

  it("have their roles alone where the cloud knows no access rules, and no login beside them is made for that", async () => {
    const g = await graph({ infrastructure: { openstack: { applicationCredential: { accessRules: false } } } });
    const made = ofType(g, "ApplicationCredential");
    assert.deepEqual(made.map(({ name }) => name).sort(), ["seoul-credential-controller", "seoul-credential-volumes"]);
    for (const { inputs } of made) assert.equal(inputs.accessRules, undefined);
  });

  it("log in where the provider does, which may have its region of the environment", async () => {
    const nowhere = plan({ infrastructure: { region: undefined } });
    const { told } = built(await build(nowhere, {}, { invokes: catalogue(PLACES, "RegionOne"), outputs: SECRET }));
    assert.deepEqual([await value(told?.ids.region), await value(told?.ids.identity)], ["RegionOne", "https://identity:5000/v3"]);
  });

  it("meet nobody from outside where the file lets nobody in", () => {
    const inside = plan({ infrastructure: { access: { adminCidrs: undefined, ingressCidrs: undefined } } });
    assert.equal(inCluster.controller?.annotations(inside, {})["service.beta.kubernetes.io/openstack-internal-load-balancer"], "true");
    assert.match(inCluster.controller?.secret?.data(inside, {})["cloud.conf"] ?? "", /internal-lb = "true"\n$/);
  });

  it("puts its listeners on a balancer that is there where OVN makes it, which a floating address leads to at a port of its own alone", async () => {
    const over = (floating?: "none") => ({ infrastructure: { openstack: { loadBalancerProvider: "ovn" }, network: { floating } } });
    const g = await graph(over());
    const { inputs, options } = g.get("seoul-ingress");
    assert.deepEqual([inputs.vipAddress, inputs.loadbalancerProvider], [plan().platform.ingress.address, "ovn"]);
    assert.deepEqual(options.ignoreChanges, ["tags"], "the controller tags it with its Service");
    assert.ok(!g.resources.some(({ name }) => name === "seoul-address-ingress"));
    const { told } = built(g);
    const id = await value(told?.ids.ingressBalancer);
    assert.equal(id, "seoul-ingress-id");
    const said = inCluster.controller?.annotations(plan(over()), { ingressBalancer: id ?? "" }) ?? {};
    assert.equal(said["loadbalancer.openstack.org/load-balancer-id"], id);
    assert.equal(said["loadbalancer.openstack.org/port-id"], undefined);
    const balancers = bill.of(plan(over())).filter(({ kind }) => kind === "balancer");
    assert.deepEqual(
      balancers.map(({ resource }) => resource),
      ["api", "ingress"],
    );

    const inside = await graph(over("none"));
    assert.ok(inside.get("seoul-address-ingress"), "where nobody comes by a floating address, the port is taken over");
    assert.ok(!inside.resources.some(({ name }) => name === "seoul-ingress"));
  });

  it("takes the ingress's port over, which no machine answers for", async () => {
    const port = (await graph()).get("seoul-address-ingress");
    assert.deepEqual(port.options.ignoreChanges, ["securityGroupIds"]);
    assert.deepEqual(allowedAddresses(plan(), { roles: ["worker"] }), []);
  });

  it("lets balancers reach node ports of workers, and control planes the cloud; nobody 80 and 443 of workers", () => {
    const open = (over?: FileContent) =>
      compileRules(plan(over)).map(({ group, direction, protocol, ports, remote }) => {
        const other = "group" in remote ? remote.group : remote.cidr;
        return `${group} ${direction} ${protocol} ${ports?.min}-${ports?.max} ${other}`;
      });
    const amphora = open();
    assert.ok(amphora.includes("worker ingress tcp 30000-32767 10.20.0.0/16"));
    assert.ok(amphora.includes("control-plane egress tcp 9876-9876 0.0.0.0/0"));
    assert.ok(!amphora.some((rule) => /^worker ingress .*(80-80|443-443|0\.0\.0\.0)/.test(rule)), amphora.join("\n"));
    const ovn = open({ infrastructure: { openstack: { loadBalancerProvider: "ovn" } } });
    assert.ok(ovn.includes("worker ingress tcp 30000-32767 0.0.0.0/0"), "who came is who the file lets in");
  });

  it("let through what they need and no more, as the rules themselves say", async () => {
    const apis = [5000, 8774, 8776, 9696, 9876].map((port) => ({ protocol: 6, port }));
    const passing = async (platform: FileContent, loadBalancerProvider: string) => {
      const over = { infrastructure: { openstack: { loadBalancerProvider } }, platform };
      const balanced = { balancer: "10.20.255.254", dialsFrom: "10.20.255.253" };
      const made = await build(samplePlan("highAvailability", over), {}, { invokes: IDENTITY, outputs: SECRET });
      return reaches(openstackFirewall(made, balanced), OUTSIDE, [...PROBES, ...apis]);
    };
    for (const [provider, sender] of [
      ["amphora", "[a-z]\\S+"],
      ["ovn", "\\S+"],
    ] as const) {
      const before = await passing({ storage: { kind: "existing", className: "fast" } }, provider);
      const after = await passing(CLOUD.platform, provider);
      const extras: Extra[] = [
        { of: "openstack", what: /^\S+ general-\S+ 6\/(80|443)$/, why: "workers have the ingress's address by MetalLB" },
        { of: "openstack", what: /^\S+ \S+ (6|17)\/7946$/, why: "MetalLB's members" },
        {
          of: "own",
          what: /^cp-\S+ (administrator|visitor|metadata|load-balancer) 6\/(5000|8774|8776|9696|9876)$/,
          why: "the cloud's API",
        },
        {
          of: "own",
          what: new RegExp(`^${sender} general-\\S+ (6|17)/(30000|30080|30443|32767)$`),
          why: "node ports, from the network and where OVN hands clients on",
        },
      ];
      assert.deepEqual(differences(before, after, extras), []);
      const fromOutside = [...after].filter((line) => /^(visitor|administrator) general-\S+ 6\/30080$/.test(line));
      assert.equal(fromOutside.length > 0, provider === "ovn");
    }
  });
});
