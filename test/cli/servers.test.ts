import assert from "node:assert/strict";
import { command } from "./fixture";

describe("kpaas servers", () => {
  it("gets the programs, and says where they are", async () => {
    const { code, stdout } = await command(["servers"]);
    assert.equal(code, 0);
    for (const name of ["etcd", "kube-apiserver", "kwok"]) assert.match(stdout, new RegExp(`^/cache/${name}$`, "m"));
    const { programs, started } = JSON.parse((await command(["servers", "--json"])).stdout);
    assert.deepEqual([programs.etcd, started], ["/cache/etcd", []]);
  });

  it("starts those of environments that are named", async () => {
    assert.match((await command(["servers", "seoul"])).stdout, /^the servers of seoul are running$/m);
    assert.deepEqual(JSON.parse((await command(["servers", "seoul", "--json"])).stdout).started, ["seoul"]);
  });

  it("ends them, and says which were running", async () => {
    assert.equal((await command(["servers", "--stop"])).stdout, "no servers were running\n");
    assert.equal((await command(["servers", "seoul", "--stop"])).stdout, "stopped the servers of seoul\n");
    assert.deepEqual(JSON.parse((await command(["servers", "seoul", "--stop", "--json"])).stdout), { stopped: ["seoul"] });
  });
});
