import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { seal, unseal } from "../../plugin/sealed";

const key = createHash("sha256").update("a passphrase").digest();

describe("a sealed text", () => {
  it("shows nothing of what it holds, differs each time, and opens under its key", () => {
    const sealed = seal("canary-7a", key);
    assert.ok(!sealed.includes("canary") && !Buffer.from(sealed.slice(7), "base64").toString().includes("canary"));
    assert.notEqual(seal("canary-7a", key), sealed);
    assert.equal(unseal(sealed, key), "canary-7a");
  });

  it("comes back as it is when somebody edited it or another key sealed it", () => {
    assert.equal(unseal("by hand", key), "by hand");
    const other = seal("x", createHash("sha256").update("another").digest());
    assert.equal(unseal(other, key), other);
  });
});
