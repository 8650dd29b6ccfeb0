import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createColors } from "picocolors";
import { cycloneDx } from "../../cli/cyclonedx";
import { requestFlows, viewRequest } from "../../cli/flow-request";
import { PLAN_PARTS, viewPlan } from "../../cli/views";
import type { Flow } from "../../model/plan/infrastructure-types";
import type { BomEntry } from "../../model/plan/types";
import { temporaryFolders } from "../support/temporary";
import { command, PLAN, planWith } from "./fixture";

const colors = createColors(false);

const PRICES = "{ provider: openstack, currency: KRW, unit: hour, date: 2026-01-01, source: invented, machines: { m1.large: 100 } }";

describe("kpaas plan", () => {
  const temporary = temporaryFolders();

  it("prints the contract's JSON", async () => {
    const { code, stdout } = await command(["plan", "seoul", "--json"]);
    assert.equal(code, 0);
    const plan = JSON.parse(stdout);
    for (const key of ["environment", "machines", "network", "flows", "apiEndpoint", "inventory", "services", "images", "bom"]) {
      assert.ok(key in plan, key);
    }
    const { key, name, roles, zone, size, address, volumes } = plan.machines[1];
    assert.deepEqual([key, name, roles, zone, size, address], ["general-1", "general-1", ["worker"], "az-1", "m1.large", "10.20.0.12"]);
    assert.deepEqual(volumes, [{ name: "osd", sizeGiB: 100, device: "/dev/vdb" }]);
    assert.deepEqual(plan.services[0].dependsOn, []);
  });

  it("limits JSON to the part that --show names", async () => {
    for (const part of PLAN_PARTS) {
      const { stdout } = await command(["plan", "seoul", "--json", "--show", part]);
      const keys = Object.keys(JSON.parse(stdout));
      assert.deepEqual(keys, part === "network" ? ["environment", "network", "apiEndpoint"] : ["environment", part]);
    }
  });

  it("names the parts there are when another is asked for", async () => {
    const { code, stderr } = await command(["plan", "seoul", "--show", "nodes"]);
    assert.equal(code, 2);
    assert.match(stderr, /machines, network, flows/);
  });

  it("shows each part as plain, aligned text that fits the terminal", async () => {
    for (const part of [undefined, ...PLAN_PARTS]) {
      const lines = await viewPlan(PLAN, part, { width: 80, colors });
      assert.ok(lines.length > 0);
      if (part === "inventory" || part === "images" || part === undefined) continue;
      for (const line of lines) assert.ok(line.length <= 80, `${part}: ${line}`);
    }
    const wide = await viewPlan(PLAN, "machines", { width: Number.POSITIVE_INFINITY, colors });
    assert.match(wide[0] ?? "", /^KEY +ROLES +ZONE +SIZE +IMAGE +ADDRESS +VOLUMES$/);
    assert.equal(wide.length, 4);
  });

  it("tells what comes in, what goes out and what stays within the network", async () => {
    const flow = (from: Flow["from"], to: Flow["to"]): Flow => ({ from, to, protocol: "tcp", ports: [443], reason: "why" });
    const flows = [
      flow("cidr:0.0.0.0/0", "worker"),
      flow("nodes", "cidr:203.0.113.0/24"),
      flow("nodes", "cidr:10.20.0.0/24"),
      flow("cidr:10.20.0.0/16", "nodes"),
      flow("worker", "control-plane"),
    ];
    const lines = await viewPlan(planWith({ flows }), "flows", { width: 120, colors });
    assert.deepEqual(
      lines.map((line) => line.split(" ")[0]),
      ["WAY", "in", "out", "within", "within", "within"],
    );
  });

  it("shows what it costs by a list of prices, for people and as JSON", async () => {
    const folder = temporary();
    writeFileSync(join(folder, "prices.yaml"), PRICES);
    const cloud = {
      provider: "openstack",
      place: {},
      firstBoot: {},
      externalNetwork: "public",
      bootVolumeGiB: 40,
      loadBalancerProvider: "amphora",
    };
    const world = { cwd: folder, plan: { cloud } };
    const argv = ["plan", "seoul", "--show", "cost", "--prices", "prices.yaml"];
    const { code, stdout } = await command(argv, world);
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^seoul: what it costs in a month of 730 hours, in KRW\nprices of openstack of 2026-01-01: invented \(prices\.yaml\)$/m,
    );
    assert.match(stdout, /^machines, general +m1\.large +1 +- +100 per hour +73,000$/m);
    assert.match(stdout, /^data volumes +default +1 +100 +not priced +-$/m);
    assert.match(
      stdout,
      /^total at least 219,000 KRW a month\na lower bound: 5 are not priced; prices\.yaml has no volumes\.default, gateways\.router$/m,
    );
    assert.match(stdout, /^Not counted\ntraffic: /m);
    const { environment, cost } = JSON.parse((await command([...argv, "--json"], world)).stdout);
    assert.deepEqual([environment, cost.currency, cost.total, cost.lowerBound, cost.hoursPerMonth], ["seoul", "KRW", 219_000, true, 730]);
    assert.deepEqual(cost.prices, { file: "prices.yaml", provider: "openstack", currency: "KRW", date: "2026-01-01", source: "invented" });
    assert.deepEqual(
      cost.lines.map(({ kind, name, count, perMonth }: Record<string, unknown>) => [kind, name, count, perMonth]),
      [
        ["machine", "m1.large", 1, 73_000],
        ["machine", "m1.large", 1, 73_000],
        ["machine", "m1.large", 1, 73_000],
        ["volume", "default", 3, undefined],
        ["volume", "default", 1, undefined],
        ["gateway", "router", 1, undefined],
      ],
    );
  });

  it("tells what is wrong with the environment and with the list of prices at once", async () => {
    const folder = temporary();
    writeFileSync(join(folder, "prices.yaml"), PRICES.replace("hour", "day"));
    const problem = { environment: "seoul", path: "release", reason: "is wrong", remedy: "mend it", severity: "error" as const };
    const argv = ["plan", "seoul", "--show", "cost", "--prices", "prices.yaml", "--json"];
    const { code, stdout } = await command(argv, { cwd: folder, problems: [problem] });
    const { problems } = JSON.parse(stdout) as { problems: { environment: string; path: string }[] };
    assert.deepEqual([code, problems.map(({ environment, path }) => `${environment} ${path}`)], [2, ["seoul release", "prices.yaml unit"]]);
  });

  it("prints what it is made of as CycloneDX, the same each time", async () => {
    const { code, stdout } = await command(["plan", "seoul", "--show", "bom", "--format", "cyclonedx"]);
    assert.equal(code, 0);
    assert.equal((await command(["plan", "seoul", "--show", "bom", "--format", "cyclonedx"])).stdout, stdout);
    const { bomFormat, specVersion, serialNumber, metadata, components } = JSON.parse(stdout);
    assert.deepEqual([bomFormat, specVersion, metadata.component.name], ["CycloneDX", "1.6", "seoul"]);
    assert.match(serialNumber, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.deepEqual(
      components.map((each: Record<string, unknown>) => [each.type, each["bom-ref"]]),
      [["application", "software:mariadb@11.4.7"]],
    );
    const bom: BomEntry[] = [
      { kind: "image", name: "r.intra:5000/a/b", version: "v1", digest: "sha256:ab" },
      { kind: "file", name: "kubelet", version: "1.33.5", source: "https://dl.k8s.io/kubelet" },
      { kind: "software", name: "x", version: "1", licence: "MIT", source: "https://x.example.org", endOfLife: "2027-01-01" },
    ];
    const [image, file, software] = (cycloneDx({ environment: "e", release: "1", bom }, "0") as { components: object[] }).components;
    assert.deepEqual(image, {
      ...{ type: "container", "bom-ref": "image:r.intra:5000/a/b@v1", name: "r.intra:5000/a/b", version: "v1" },
      hashes: [{ alg: "SHA-256", content: "ab" }],
      purl: "pkg:oci/b@sha256%3Aab?repository_url=r.intra%3A5000%2Fa%2Fb&tag=v1",
      properties: [{ name: "kpaas:kind", value: "image" }],
    });
    assert.match(JSON.stringify(file), /"type":"file".*"type":"distribution","url":"https:\/\/dl\.k8s\.io\/kubelet"/);
    assert.match(JSON.stringify(software), /"licenses":\[\{"license":\{"id":"MIT"\}\}\].*"kpaas:endOfLife","value":"2027-01-01"/);
    const wrong = await command(["plan", "seoul", "--show", "images", "--format", "cyclonedx"]);
    assert.deepEqual([wrong.code, /only the bom can be shown as cyclonedx/.test(wrong.stderr)], [2, true]);
  });

  it("prints the flows by addresses, as a request to whoever keeps the network's firewall", async () => {
    const flow = (from: Flow["from"], to: Flow["to"], ports: Flow["ports"]): Flow => ({
      from,
      to,
      protocol: "tcp",
      ports,
      reason: 'why, "so"',
    });
    const flows = [
      flow("nodes", "control-plane", [6443]),
      flow("cidr:0.0.0.0/0", "worker", [80, 443]),
      flow("nfs", "cidr:9.9.9.9/32", ["1-2"]),
    ];
    const range = { first: "10.20.0.200", last: "10.20.0.210" };
    const plan = planWith({
      flows,
      apiEndpoint: { ...PLAN.apiEndpoint, kind: "virtualIp", address: "10.20.0.99", port: 6443 },
      network: { ...PLAN.network, loadBalancerRange: range },
      platform: { ...PLAN.platform, loadBalancer: { kind: "metallb", range, reserved: [] } },
    });
    const [control, worker] = ["control-plane", "worker"].map((role) =>
      plan.machines
        .filter(({ roles }) => roles.some((each) => each === role))
        .map(({ address }) => address)
        .join(" "),
    );
    const nodes = plan.machines.filter(({ roles }) => roles.some((each) => each !== "nfs")).map(({ address }) => address);
    const why = '"why, ""so"""';
    assert.deepEqual(viewRequest(requestFlows(plan)), [
      "way,from,sources,to,destinations,protocol,ports,reason",
      `in,cidr:0.0.0.0/0,0.0.0.0/0,worker,10.20.0.200-10.20.0.210 ${worker},tcp,80 443,${why}`,
      `out,nfs,10.20.0.13,cidr:9.9.9.9/32,9.9.9.9/32,tcp,1-2,${why}`,
      `within,nodes,${nodes.join(" ")},control-plane,10.20.0.99 ${control},tcp,6443,${why}`,
    ]);
    const balanced = planWith({
      apiEndpoint: { kind: "loadBalancer", address: "10.20.255.254", port: 6443 },
      flows: [80, 6443].map((port) => flow("cidr:0.0.0.0/0", "load-balancer", [port])),
    });
    assert.deepEqual(
      requestFlows(balanced).map(({ destinations }) => destinations),
      [[balanced.platform.ingress.address], ["10.20.255.254"]],
      "the ingress's balancer is another than the API's",
    );
    const { code, stdout } = await command(["plan", "seoul", "--show", "flows", "--format", "csv"]);
    assert.equal(code, 0);
    assert.match(stdout, /^way,from,sources/);
    assert.equal((await command(["plan", "seoul", "--format", "csv"])).code, 2);
  });

  it("counts no machine that is there already", async () => {
    const lines = await viewPlan(planWith({ machines: PLAN.machines.map((machine) => ({ ...machine, login: {} })) }), "resources", {
      width: 80,
      colors,
    });
    assert.ok(!lines.some((line) => line.startsWith("machine ")));
    assert.ok(lines.some((line) => /^allowed flow +1$/.test(line)));
  });
});
