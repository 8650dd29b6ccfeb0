import assert from "node:assert/strict";
import { startServer } from "../../server/server";
import { settingsOf } from "../../server/settings";
import { temporaryFolders } from "../support/temporary";
import { command } from "./fixture";

describe("kpaas server, as it is typed", () => {
  const folder = temporaryFolders();

  it("is told all that is wrong with what was typed, before anything is started", async () => {
    const words = ["server", "--listen", "0.0.0.0:80", "--issuer", "http://login.example.org", "--data", folder()];
    const { code, stderr } = await command(words);
    assert.equal(code, 2);
    for (const path of ["--listen", "--audience", "--issuer"]) assert.match(stderr, new RegExp(path));
  });

  it("is told in a line what hinders its start from outside", async () => {
    const refused = async (data: string, ...words: string[]) => {
      const { code, stderr } = await command(["server", "--listen", "127.0.0.1:0", "--data", data, ...words]);
      assert.equal(code, 1, stderr);
      assert.doesNotMatch(stderr, /^ +at /m);
      return stderr;
    };
    const url = "postgresql://kpaas@127.0.0.1:1/kpaas";
    assert.match(await refused(folder(), "--database", url), /^error the database cannot be worked with: .*ECONNREFUSED/);
    assert.match(await refused(folder(), "--repository", "https://127.0.0.1:1/x.git"), /^error git fetch failed: .*127\.0\.0\.1/);
    const data = folder();
    const running = await startServer(settingsOf({ listen: "127.0.0.1:0", data }, {}), { write: () => true });
    try {
      assert.match(await refused(data), /^error .* is used by process \d+ on .*: stop it, or give another --data/);
    } finally {
      await running.stop();
    }
  });

  it("audit verify looks at the trail in the folder that is named, and says that it is whole", async () => {
    const data = folder();
    const none = await command(["server", "audit", "verify", "--data", data]);
    assert.equal(none.code, 2, "nobody has worked there");
    assert.match(none.stderr, /^error: --data: no service has worked with /);
    await (await startServer(settingsOf({ listen: "127.0.0.1:0", data }, {}), { write: () => true })).stop();
    const { code, stdout } = await command(["server", "audit", "verify", "--data", data, "--json"]);
    assert.deepEqual([code, JSON.parse(stdout)], [0, { entries: 0, heads: 0, faults: [] }]);
    assert.equal((await command(["server", "audit", "verify", "--data", data])).stdout, "0 entries, held against 0 heads in git: whole\n");
  });
});
