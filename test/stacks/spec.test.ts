import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runtime } from "@pulumi/pulumi";
import { Environment } from "../../stacks/environment";
import { type EnvironmentSpec, InvalidEnvironmentError, planSpec, recordOf } from "../../stacks/spec";
import { type Graph, graph } from "../../testing/graph";
import { temporaryFolders } from "../support/temporary";

const SPEC: EnvironmentSpec = { infrastructure: { provider: "openstack" } };
/** With one more machine that comes first: planned afresh it takes an address that another has. */
const GROWN: EnvironmentSpec = { ...SPEC, cluster: { pools: { edge: { nodes: 1 }, worker: { nodes: 2 } } } };

describe("an environment written in a program", () => {
  const folder = temporaryFolders();
  const { warn, log } = console;
  let warnings: string[];
  beforeEach(() => {
    warnings = [];
    console.warn = (line: string) => warnings.push(line);
    console.log = () => undefined;
  });
  afterEach(() => {
    Object.assign(console, { warn, log });
    runtime.setAllConfig({});
  });

  /** Registers it in a stack that recorded another plan of it, or nothing. */
  function register(spec: EnvironmentSpec, recorded?: EnvironmentSpec, preview = false): Promise<Graph> {
    const urn = "urn:pulumi:test::kpaas::kpaas:index:Environment::seoul";
    const outputs =
      recorded === undefined ? {} : { [urn]: { type: "kpaas:index:Environment", outputs: recordOf(planSpec("seoul", recorded)) } };
    const invokes = { "pulumi:pulumi:readStackResourceOutputs": () => ({ outputs }) };
    return graph(() => new Environment("seoul", spec), { invokes, preview });
  }

  it("is refused with all its problems at once, each with its path", () => {
    const wrong = { infrastructure: { provider: "openstack" }, profil: "x", cluster: { kubernetes: "9.9.9" } } as EnvironmentSpec;
    assert.throws(
      () => planSpec("seoul", wrong),
      (error) => {
        assert.ok(error instanceof InvalidEnvironmentError);
        assert.deepEqual(error.errors.map(({ propertyPath }) => propertyPath).slice(0, 2), ["cluster.kubernetes", "profil"]);
        assert.match(error.message, /did you mean "profile"/);
        return true;
      },
    );
  });

  it("registers what the same fields in a file do, and records its plan", async () => {
    const registered = await register(SPEC);
    const { plan } = planSpec("seoul", SPEC);
    const planned = await graph(() => new Environment("seoul", { plan }));
    assert.deepEqual(registered.lines(), planned.lines());
    assert.equal(registered.get("seoul").inputs.environment, "seoul");
    assert.match(warnings.join(), /seoul: lock: there is no lock/);
  });

  it("registers nothing where planning without a lock would move what is there", async () => {
    // The refusal in its own words, however many resources waited.
    const refusal = /^error seoul: lock: there is no lock, .*than what is there\n( {4}~ machines\..*\n)* {4}~ machines\.worker-1\.address/;
    await assert.rejects(register(GROWN, SPEC), (error: Error) => refusal.test(error.message));
    await register(SPEC, SPEC);
  });

  it("writes what is there to the lock file that is missing, and then goes on from it", async () => {
    const lock = join(folder(), "seoul.lock.yaml");
    await assert.rejects(register({ ...GROWN, lock }, SPEC), /was written to .*seoul\.lock\.yaml: commit it/);
    const registered = await register({ ...GROWN, lock }, SPEC);
    const address = (key: string) => planSpec("seoul", { ...GROWN, lock }).plan.machines.find((machine) => machine.key === key)?.address;
    assert.equal(address("worker-1"), planSpec("seoul", SPEC).plan.machines.find(({ key }) => key === "worker-1")?.address);
    assert.ok(registered.get("seoul-infrastructure-machine-edge-1"));
  });

  it("writes its lock file in an update only", async () => {
    const lock = join(folder(), "seoul.lock.yaml");
    await register({ ...SPEC, lock }, undefined, true);
    assert.equal(existsSync(lock), false);
    await register({ ...SPEC, lock });
    assert.match(readFileSync(lock, "utf8"), /^environment: seoul$/m);
    assert.equal(planSpec("seoul", { ...SPEC, lock }).lockState, "current");
  });

  it("exchanges a service's secrets where its number is one more, says so, and keeps the number in the lock", async () => {
    const lock = join(folder(), "seoul.lock.yaml");
    await register({ ...SPEC, lock });
    const lines: string[] = [];
    console.log = (line: string) => lines.push(line);
    await register({ ...SPEC, lock, rotations: { mariadb: 2 } }, SPEC);
    assert.match(
      lines.join("\n"),
      /mariadb: exchanges the accounts of its schemas: the new one is valid.*restarts mariadb \(away ~30 s\), keycloak/,
    );
    assert.match(readFileSync(lock, "utf8"), /^rotations:\n {2}mariadb: 2$/m);
    const rotation = (spec: EnvironmentSpec) => planSpec("seoul", spec).plan.services.find(({ name }) => name === "mariadb")?.rotation;
    assert.equal(rotation({ ...SPEC, lock }), 2);
    assert.equal(rotation({ ...SPEC, rotations: { mariadb: 1 } }), undefined);
    await register({ ...SPEC, rotations: { mariadb: 2 } }, { ...SPEC, rotations: { mariadb: 2 } });
    await assert.rejects(register({ ...SPEC, lock, rotations: { mariadb: 1 } }, { ...SPEC, rotations: { mariadb: 2 } }), /set it to 2/);
  });

  it("refuses numbers of exchanges that cannot be, of services that have nothing to exchange", () => {
    assert.throws(
      () => planSpec("seoul", { ...SPEC, rotations: { mariadb: 0.5, ingress: 2, nothing: 2 } }),
      (error) =>
        error instanceof InvalidEnvironmentError &&
        error.errors
          .map(({ propertyPath }) => propertyPath)
          .filter((path) => path.startsWith("rotations"))
          .sort()
          .join() === "rotations.ingress,rotations.mariadb,rotations.nothing",
    );
  });

  it("names the lock file's own problems", () => {
    const lock = join(folder(), "seoul.lock.yaml");
    writeFileSync(lock, "version: 2\n");
    assert.throws(() => planSpec("seoul", { ...SPEC, lock }), /lock\.version/);
  });

  it("refuses a dangerous change to what it recorded", async () => {
    const { lock } = planSpec("seoul", SPEC);
    const moved = { infrastructure: { provider: "openstack" as const, region: "elsewhere" }, lock };
    await assert.rejects(register(moved, SPEC), /infrastructure\.region/);
  });
});
