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
});
