import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CHOICE } from "../../engine/servers/choice";
import { runningServers } from "../../engine/servers/world";
import { isAlive, type Owner } from "../../host/processes";
import { realApi } from "../../sandbox/kubernetes/real/api";
import { at, nameOf } from "../../sandbox/kubernetes/values";
import { readRecord, serversFolder } from "../../sandbox/servers/record";
import { engineForTests } from "../support/engine";
import { filesIn, Project } from "../support/project";
import { serversForTests } from "../support/servers";

/** Environments whose sandbox has a real API server, through the command, with servers that outlive it. The tests are one story, in order. */
describe("environments with real API servers of their own", function () {
  this.timeout(600_000);
  const services = { metricsServer: false, certManager: false, portal: false };
  const [one, other] = [new Project({ platform: { services } }), new Project({ platform: { services } })];
  const worldOf = (project: Project): string => join(project.root, ".kpaas/sandbox/world/k");
  const owners = (project: Project): Owner[] => {
    const record = readRecord(worldOf(project));
    return record === undefined ? [] : [record.keeper, ...record.servers];
  };
  const run = async (project: Project, command: "up" | "destroy"): Promise<string> => {
    const { code, output } = await project.run(command);
    assert.equal(code, 0, output);
    return output;
  };
  const choice = process.env[CHOICE];

  before(async function () {
    await engineForTests.call(this);
    await serversForTests.call(this);
    process.env[CHOICE] = "real";
  });
  after(async () => {
    process.env[CHOICE] = choice;
    for (const project of [one, other]) project.remove();
  });

  it("come up beside each other, and say so", async () => {
    const outputs = await Promise.all([run(one, "up"), run(other, "up")]);
    for (const output of outputs) assert.match(output, /Kubernetes is a real API server \(1\.\d+\.\d+\), nodes and pods are played/);
    for (const project of [one, other]) {
      const api = realApi(worldOf(project));
      assert.ok(api);
      assert.ok((await api.list("v1/Namespace")).map(nameOf).includes("keycloak"));
      assert.equal(owners(project).length, 6);
    }
    assert.notEqual(realApi(worldOf(one))?.server, realApi(worldOf(other))?.server);
  });

  it("keep Secrets encrypted", async () => {
    const api = realApi(worldOf(one));
    assert.ok(api);
    const secrets = (await api.list("v1/Secret")).flatMap((secret) => Object.values(Object(at(secret, "data"))).map(String));
    const plain = secrets.map((value) => Buffer.from(value, "base64").toString()).filter((value) => value.length >= 16);
    assert.ok(plain.length > 3);
    for (const file of filesIn(worldOf(one))) {
      const content = readFileSync(file).toString("latin1");
      for (const secret of plain) assert.ok(!content.includes(secret), file);
    }
  });

  it("are found again with everything in them after all their processes were killed", async () => {
    const server = realApi(worldOf(one))?.server;
    for (const { pid } of owners(one)) process.kill(pid, "SIGKILL");
    one.write({ platform: { services }, cluster: { pools: { worker: { nodes: 3 } } } });
    const output = await run(one, "up");
    assert.match(output, /2 created, 1 updated/);
    assert.equal(realApi(worldOf(one))?.server, server);
  });

  it("are gone with their environment, and nobody else's are", async () => {
    const [mine, others] = [owners(one), owners(other)];
    await run(one, "destroy");
    assert.deepEqual(mine.filter(isAlive), []);
    assert.deepEqual(filesIn(worldOf(one)), []);
    assert.ok(others.every(isAlive));
    assert.deepEqual([runningServers(one.root), runningServers(other.root)], [[], ["k"]]);
    await run(other, "destroy");
    assert.deepEqual(others.filter(isAlive), []);
    assert.deepEqual(filesIn(serversFolder(worldOf(other))), []);
  });
});
