import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { forgetHalfRecovered, keepHalfRecovered, refuseHalfRecovered, wasRecovering } from "../../engine/half-recovered";
import { parseState } from "../../engine/state/state";
import type { StoredStack } from "../../engine/states";
import { RefusedError } from "../../model/problems";
import { temporaryFolders } from "../support/temporary";

describe("a recovery that is broken off while states are put in place", () => {
  const folder = temporaryFolders();
  const whose = (root: string, environment = "seoul") => ({ root, sandbox: false, plan: { environment } });

  function stored(stack: string, id: string): StoredStack {
    const resources = [{ urn: `urn:pulumi:${stack}::kpaas::a:b/c:D::x`, type: "a:b/c:D", id }];
    const exported = JSON.stringify({ version: 3, deployment: { resources } });
    return { stack, exported, state: parseState(exported) };
  }

  it("knows what it has put there, and nothing else, until all is in place", () => {
    const own = whose(folder());
    keepHalfRecovered(own, [stored("seoul.infrastructure", "1"), stored("seoul.cluster", "2")]);
    assert.equal(wasRecovering(own, stored("seoul.cluster", "2")), true);
    assert.equal(wasRecovering(own, stored("seoul.cluster", "3")), false, "somebody has put another there");
    assert.equal(wasRecovering(own, stored("seoul.platform", "2")), false);
    assert.equal(wasRecovering(whose(own.root, "busan"), stored("seoul.cluster", "2")), false);
    forgetHalfRecovered(own);
    assert.equal(wasRecovering(own, stored("seoul.cluster", "2")), false);
  });

  it("has whatever would make things a second time refused, with the way out", () => {
    const own = whose(folder());
    refuseHalfRecovered(own);
    keepHalfRecovered(own, [stored("seoul", "1")]);
    assert.throws(
      () => refuseHalfRecovered(own),
      (error) => error instanceof RefusedError && /end it first: `kpaas state recover seoul`/.test(error.message),
    );
    refuseHalfRecovered(whose(own.root, "busan"));
  });

  it("tells where half of what it wrote down is lost", () => {
    const own = whose(folder());
    mkdirSync(join(own.root, ".kpaas", "pending"), { recursive: true });
    writeFileSync(join(own.root, ".kpaas", "pending", "seoul.recover.json"), '{ "stacks": {');
    assert.throws(() => refuseHalfRecovered(own), /kpaas state list/);
  });
});
