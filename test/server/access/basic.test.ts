import assert from "node:assert/strict";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { basicLogin, passwordIn } from "../../../server/access/basic";
import { Gate } from "../../../server/access/gate";
import { temporaryFolders } from "../../support/temporary";

describe("K-PaaS's own account", () => {
  const folder = temporaryFolders();
  const header = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

  it("has a password that is made once, and that nobody else reads", () => {
    const file = join(folder(), "password");
    const password = passwordIn(file);
    assert.match(password, /^[\w-]{32}$/);
    assert.equal(passwordIn(file), password);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    writeFileSync(file, "short\n");
    assert.throws(() => passwordIn(file), /shorter than 16 characters/);
  });

  it("is let in to K-PaaS's calls, and to no other", async () => {
    const refused: string[] = [];
    const gate = new Gate([basicLogin("a-long-password-of-one", (reason) => refused.push(reason))]);
    const right = header("admin:a-long-password-of-one");
    assert.equal((await gate.admit({ needs: "operator", login: "compatible" }, right)).id, "compatible#admin");
    await assert.rejects(gate.admit({ needs: "viewer" }, right), { status: 403 });
    for (const wrong of ["admin:cpterraman!123", "root:a-long-password-of-one", "admin", "", "admin:"])
      await assert.rejects(gate.admit({ needs: "operator", login: "compatible" }, header(wrong)), { status: 401 }, wrong);
    assert.equal(refused.length, 4);
  });

  it("is nobody's where it is not set up", async () => {
    for (const given of [header("admin:a-long-password-of-one"), undefined, "Bearer", "Negotiate abc"])
      await assert.rejects(new Gate([]).admit({ needs: "viewer", login: "compatible" }, given), { status: 401 });
  });
});
