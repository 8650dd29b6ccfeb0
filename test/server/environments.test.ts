import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Catalog } from "../../server/environments/catalog";
import { fileOf } from "../support/own-service";
import { temporaryFolders } from "../support/temporary";

describe("Environments that are listed", () => {
  const folder = temporaryFolders();

  it("are looked at once for all who ask together, and anew after each change", async () => {
    const repository = { root: folder(), head: async () => "c", changes: 0 };
    const catalog = new Catalog(repository, () => "2026-03-01", 60_000);
    const put = (name: string, team: string) => writeFileSync(join(repository.root, "environments", `${name}.yaml`), fileOf(name, team));
    const teams = async () => (await catalog.all()).map(({ name, labels }) => `${name} ${labels.team}`);
    mkdirSync(join(repository.root, "environments"));
    put("seoul", "platform");
    put("busan", "platform");
    assert.deepEqual(await teams(), ["busan platform", "seoul platform"]);
    put("seoul", "another");
    put("jeju", "platform");
    assert.deepEqual(await teams(), ["busan platform", "seoul platform"], "nothing has gone through the repository");
    // What somebody does with one of them goes by its file as it is.
    assert.deepEqual((await catalog.outlines(["seoul"]))[0]?.labels, { team: "another" });
    repository.changes = 1;
    assert.deepEqual(await teams(), ["busan platform", "jeju platform", "seoul another"]);
  });

  it("are planned once, and on another day only where that may let in what was refused", async () => {
    const repository = { root: folder(), head: async () => "c", changes: 0 };
    let today = "2026-03-01";
    const planned: string[] = [];
    class Counting extends Catalog {
      override load(name: string, ...others: readonly []) {
        planned.push(name);
        return super.load(name, ...others);
      }
    }
    const catalog = new Counting(repository, () => today);
    mkdirSync(join(repository.root, "environments"));
    const since = "cluster: { pools: { worker: { nodes: 1, maintenance: { reboot: 2026-03-03 } } } }\n";
    writeFileSync(join(repository.root, "environments", "seoul.yaml"), fileOf("seoul", "platform"));
    writeFileSync(join(repository.root, "environments", "busan.yaml"), fileOf("busan", "platform", since));
    const providers = async () => (await catalog.outlines(["seoul", "busan"])).map(({ provider }) => provider);
    assert.deepEqual(await providers(), ["openstack", undefined]);
    today = "2026-03-03";
    assert.deepEqual(await providers(), ["openstack", "openstack"]);
    assert.deepEqual(planned, ["seoul", "busan", "busan"]);
  });
});
