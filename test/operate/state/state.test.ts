import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseState } from "../../../engine/state/state";
import type { StoredStack } from "../../../engine/states";
import type { Layer } from "../../../model/layers";
import { InvalidInputError, RefusedError } from "../../../model/problems";
import { readStates, writeStates } from "../../../operate/state/folder";
import { judgeForgetting, planRestore, refusals } from "../../../operate/state/restore-plan";
import { planChange, providerMistake } from "../../../operate/state/secrets-plan";
import { temporaryFolders } from "../../support/temporary";

/** A stack that holds machines by these names. */
function stored(machines: readonly string[], layer?: Layer, project = "kpaas", secrets = "passphrase"): StoredStack {
  const stack = layer === undefined ? "seoul" : `seoul.${layer}`;
  const type = "openstack:compute/instance:Instance";
  const resources = machines.map((name) => ({
    urn: `urn:pulumi:${stack}::${project}::${type}::${name}`,
    type,
    id: `id-${name}`,
    custom: true,
  }));
  const root = { urn: `urn:pulumi:${stack}::${project}::pulumi:pulumi:Stack::${stack}`, type: "pulumi:pulumi:Stack" };
  const exported = JSON.stringify({ version: 3, deployment: { resources: [root, ...resources], secrets_providers: { type: secrets } } });
  return { stack, ...(layer ? { layer } : {}), exported, state: parseState(exported) };
}

const ABOUT = { environment: "seoul", project: "kpaas" };

/** What is wrong with a backup. */
function reasons(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof InvalidInputError || error instanceof RefusedError, String(error));
    return error.problems.map(({ reason }) => reason);
  }
  return [];
}

describe("a backup of states", () => {
  const folder = temporaryFolders();

  it("is readable by its owner alone, and read back as it was: by its folder, its manifest, or as the newest of all", () => {
    const to = folder();
    const states = [stored(["a"], "infrastructure"), stored([], "cluster")];
    const older = writeStates(to, ABOUT, [stored(["a"])], new Date("2026-11-27T01:02:03.000Z"));
    const made = writeStates(to, { ...ABOUT, before: "a restore" }, states, new Date("2026-11-27T01:02:03.400Z"));
    assert.notEqual(older.folder, made.folder, "a second in which another was made is that one's");
    for (const name of ["manifest.json", "seoul.cluster.json"]) assert.equal(statSync(join(made.folder, name)).mode & 0o777, 0o600);
    assert.equal(statSync(made.folder).mode & 0o777, 0o700);
    for (const path of [made.folder, join(made.folder, "manifest.json"), dirname(made.folder)]) {
      const read = readStates(path, "seoul");
      assert.deepEqual([read.folder, read.states, read.manifest], [made.folder, states, made.manifest]);
    }
  });

  it("is refused with all that is wrong with it: another's, damaged, or of another stack", () => {
    const to = folder();
    const { folder: own } = writeStates(to, ABOUT, [stored(["a"], "infrastructure"), stored(["b"], "cluster")]);
    appendFileSync(join(own, "seoul.cluster.json"), " ");
    assert.match(
      reasons(() => readStates(own, "busan")).join("\n"),
      /backup of seoul, not of busan\n.*seoul\.cluster\.json is not what was written/,
    );
    const stranger = writeStates(to, ABOUT, [{ ...stored(["b"], "cluster"), stack: "seoul.platform", layer: "platform" }]);
    assert.match(reasons(() => readStates(stranger.folder, "seoul")).join(), /holds a resource of another stack or project/);
    assert.match(reasons(() => readStates(join(to, "nowhere"), "seoul")).join(), /is no backup of a state/);
    mkdirSync(join(to, "half"));
    writeFileSync(join(to, "half", "manifest.json"), readFileSync(join(own, "manifest.json"), "utf8").slice(0, 40));
    assert.match(reasons(() => readStates(join(to, "half"), "seoul")).join(), /no manifest of a backup, or half of one/);
  });
});

describe("a restore of states", () => {
  const backup = { folder: "/b", manifest: manifestOf([stored(["a", "gone"])]) };

  function manifestOf(states: readonly StoredStack[], project = "kpaas") {
    const stacks = states.map(({ stack }) => ({ stack, file: `${stack}.json`, size: 1, sha256: "", resources: 1, open: 0 }));
    return { version: 1 as const, kpaas: "0.1.0", environment: "seoul", project, made: "then", stacks };
  }

  it("names what no state would know any more, what may be gone, and secrets that were encrypted otherwise", () => {
    const plan = planRestore(backup, [stored(["a", "gone"])], [stored(["a", "new"], undefined, "kpaas", "service")]);
    assert.deepEqual(plan, {
      folder: "/b",
      made: "then",
      stacks: { seoul: { resources: 2, replaces: 2 } },
      lost: ["Instance new (id-new)"],
      recalled: ["Instance gone (id-gone)"],
      secrets: ["seoul: passphrase in the backup, service now"],
    });
    const lost = planRestore(backup, [stored(["a"])], []);
    assert.deepEqual([lost.stacks, lost.recalled], [{ seoul: { resources: 1, replaces: null } }, []]);
  });

  it("is refused where the state knows more, each named, until just that is approved: it would be nobody's", () => {
    const text = (present: readonly StoredStack[], ...approvals: string[]) =>
      judgeForgetting("seoul", [stored(["a"])], present, approvals).refused.map(
        ({ path, reason, remedy }) => `${path}: ${reason}; ${remedy}`,
      );
    assert.deepEqual(text([stored(["a"])]), []);
    assert.deepEqual(text([]), [], "what is lost is put back without a word");
    const [b = "", c = "", ...more] = text([stored(["a", "b", "c"])]);
    assert.deepEqual(more, []);
    assert.match(
      b,
      /^b: the state knows this Instance \(id-b\) and the backup does not: it would stay there, and no state would know of it/,
    );
    assert.match(c, /^c: .*to forget all 2 of them all the same: --approve state:forget@[0-9a-f]{12}$/);
    const approval = /state:forget@\S+/.exec(c)?.[0] ?? "";
    assert.deepEqual(text([stored(["a", "b", "c"])], approval), []);
    assert.deepEqual(text([stored(["a", "c", "b"])], approval), [], "whatever their order");
    assert.match(text([stored(["a", "b", "d"])], approval).join(), new RegExp(`${approval.slice(-12)} was of other resources`));
    assert.match(text([stored(["a", "b", "c"])], "state:forget").join(), /needs what is behind the @/);
    assert.match(text([stored(["a", "b", "c"])], "seoul:lost").join(), /to forget all 2/, "no other approval counts");
    const unused = (present: readonly StoredStack[]) =>
      judgeForgetting("seoul", [stored(["a"])], present, [approval, "b:remove"]).unused.map(({ path }) => path);
    assert.deepEqual(unused([stored(["a", "b", "c"])]), ["approval b:remove"]);
    assert.deepEqual(unused([stored(["a"])]), [`approval ${approval}`, "approval b:remove"]);
  });

  it("is refused where a password is another one than the backup has, though it bears the same name", () => {
    const password = (created: string): StoredStack => {
      const type = "random:index/randomPassword:RandomPassword";
      const resource = { urn: `urn:pulumi:seoul::kpaas::${type}::db`, type, id: "none", custom: true, created };
      const exported = JSON.stringify({ version: 3, deployment: { resources: [resource] } });
      return { stack: "seoul", exported, state: parseState(exported) };
    };
    const [then, now] = [password("2026-01-01T00:00:00Z"), password("2026-02-01T00:00:00Z")];
    assert.deepEqual(judgeForgetting("seoul", [then], [then], []).refused, []);
    assert.match(judgeForgetting("seoul", [then], [now], []).refused[0]?.reason ?? "", /generated since, and its value would be lost/);
  });

  it("is refused where it is another project's, or two stacks would know the same resources", () => {
    const text = (...given: Parameters<typeof refusals>) =>
      refusals(...given)
        .map(({ reason }) => reason)
        .join("\n");
    assert.equal(text("seoul", "kpaas", backup, [stored(["a"])]), "");
    assert.equal(text("seoul", "kpaas", backup, [stored([], "cluster")]), "", "an empty stack holds nothing");
    assert.match(text("seoul", "other", backup, []), /of the Pulumi project kpaas, and this one is other/);
    assert.match(text("seoul", "kpaas", backup, [stored(["a"], "infrastructure")]), /is in seoul\.infrastructure too/);
  });
});

describe("a secrets provider", () => {
  const KMS = "awskms://alias/kpaas?region=ap-northeast-2";

  it("is one that the engine has, written as that one is", () => {
    const good = [
      "passphrase",
      KMS,
      "gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k",
      "azurekeyvault://v.vault.azure.net/keys/k",
      "hashivault://k",
    ];
    assert.deepEqual(
      good.flatMap((each) => providerMistake(each) ?? []),
      [],
    );
    for (const bad of ["default", "service", "awskms://", "kms://k", "hashivault://a/b", "gcpkms://k", "passphrase ", "azurekeyvault://v"])
      assert.ok(providerMistake(bad), bad);
  });

  it("is left as it is where all stacks have it, and none was half changed", () => {
    const stacks = [{ stack: "seoul", state: { provider: KMS, key: "k" }, config: { provider: KMS, key: "k" }, file: "" }];
    assert.equal(planChange({ stacks }, KMS, false), undefined);
    assert.deepEqual(planChange({ stacks, begun: KMS }, KMS, false), { to: KMS, stacks: { seoul: KMS }, goesOn: true });
    assert.deepEqual(planChange({ stacks }, "passphrase", false)?.stacks, { seoul: KMS });
  });
});
