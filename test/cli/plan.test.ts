import assert from "node:assert/strict";
import { createColors } from "picocolors";
import { PLAN_PARTS, viewPlan } from "../../cli/views";
import type { Flow } from "../../model/plan/types";
import { command, PLAN, planWith } from "./fixture";

const colors = createColors(false);

describe("kpaas plan", () => {
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

  it("counts no machine that is there already", async () => {
    const lines = await viewPlan(planWith({ machines: PLAN.machines.map((machine) => ({ ...machine, login: {} })) }), "resources", {
      width: 80,
      colors,
    });
    assert.ok(!lines.some((line) => line.startsWith("machine ")));
    assert.ok(lines.some((line) => /^allowed flow +1$/.test(line)));
  });
});
