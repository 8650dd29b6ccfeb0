import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { NotReachedError } from "../../../plugin/harbor/call";
import { Harbor } from "../../../plugin/harbor/harbor";
import { harborOfWorld } from "../../../plugin/harbor/simulated/world";
import { Objects } from "../../../sandbox/kubernetes/objects";
import { temporaryFolders } from "../../support/temporary";

describe("the simulated Harbor of a world", () => {
  const folder = temporaryFolders();
  const signal = AbortSignal.timeout(10_000);
  const login = { url: "https://127.0.0.1:20000", user: "admin", password: "canary-admin", ca: "" };

  const runs = (world: string, uid: string, readyReplicas: number): void => {
    const objects = new Objects(join(world, "kubernetes"));
    objects.put({ apiVersion: "v1", kind: "Namespace", metadata: { name: "harbor", uid } });
    const metadata = { name: "harbor-core", namespace: "harbor" };
    objects.put({ apiVersion: "apps/v1", kind: "Deployment", metadata, status: { readyReplicas } });
  };

  it("answers nobody before its core is ready, and is another, empty one in another namespace", async () => {
    const world = folder();
    const harbor = new Harbor(harborOfWorld(world)(login), { patience: 0, retry: 1 });
    await assert.rejects(harbor.project("library", signal), NotReachedError);
    runs(world, "first", 0);
    await assert.rejects(harbor.project("library", signal), NotReachedError);
    runs(world, "first", 1);
    assert.equal((await harbor.project("library", signal))?.metadata.public, "true");
    await harbor.createProject("demo", { isPublic: false, quota: -1 }, signal);
    assert.equal((await harbor.project("demo", signal))?.name, "demo");
    runs(world, "second", 1);
    assert.equal(await harbor.project("demo", signal), undefined);
  });

  it("keeps no secret in its file, and the administrator's first password", async () => {
    const world = folder();
    runs(world, "first", 1);
    const harbor = new Harbor(harborOfWorld(world)(login), { patience: 0, retry: 1 });
    await harbor.createProject("demo", { isPublic: false, quota: 5 }, signal);
    await harbor.createRobot({ project: "demo", name: "ci", description: "", access: ["repository:pull"] }, signal);
    const robot = await harbor.robot(2, "ci", signal);
    assert.ok(robot);
    await harbor.setSecret(robot, "Canary0Canary0", signal);
    assert.doesNotMatch(readFileSync(join(world, "kubernetes/harbor/rows.json"), "utf8"), /canary/i);
    const another = new Harbor(harborOfWorld(world)({ ...login, password: "another" }), { patience: 0, retry: 1 });
    await assert.rejects(another.project("demo", signal), /401/);
  });

  it("refuses what Harbor refuses, in its words", async () => {
    const world = folder();
    runs(world, "first", 1);
    const harbor = new Harbor(harborOfWorld(world)(login), { patience: 0, retry: 1 });
    const make = (name: string, quota = -1) => harbor.createProject(name, { isPublic: false, quota }, signal);
    const robot = (name: string, access: string[]) => harbor.createRobot({ project: "demo", name, description: "", access }, signal);
    await make("demo");
    await assert.rejects(make("demo"), /409: The project named demo already exists/);
    await assert.rejects(make("Demo"), /400: project name is not in lower case or contains illegal characters/);
    await assert.rejects(make("other", 0), /400: invalid non-positive value for quota limit, value=0/);
    await assert.rejects(make("other", 2 ** 51), /400: exceeded 1024TB/);
    await robot("ci", ["repository:pull"]);
    await assert.rejects(robot("ci", ["repository:pull"]), /409: robot account 2:demo\+ci already exists/);
    await assert.rejects(robot("a+b", ["repository:pull"]), /400: robot name is not in lower case/);
    await assert.rejects(robot("other", ["repository:burn"]), /400: bad request permission: repository:burn/);
    await assert.rejects(robot("other", []), /400: bad request empty access/);
    const made = await harbor.robot(2, "ci", signal);
    assert.ok(made);
    await assert.rejects(harbor.setSecret(made, "short", signal), /400: the secret must be 8-128/);
    await assert.rejects(
      harbor.changeRobot(made, { project: "library", name: "ci", description: "", access: ["repository:pull"] }, signal),
      /project id of robot/,
    );
  });
});
