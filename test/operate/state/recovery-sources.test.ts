import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseState } from "../../../engine/state/state";
import type { StoredStack } from "../../../engine/states";
import { generateKey, opensshForms, pkcs8Pem } from "../../../model/private-keys";
import { InvalidInputError } from "../../../model/problems";
import { writeStates } from "../../../operate/state/folder";
import { type RecoverySources, readRecoverySources } from "../../../operate/state/recovery-sources";
import { temporaryFolders } from "../../support/temporary";

const KEY = opensshForms(generateKey("ED25519", 0, ""))?.privateKey ?? "";
const PLAN = { environment: "seoul", layers: "one" } as const;

describe("what is told of an environment whose state is lost", () => {
  const folder = temporaryFolders();
  const files = (contents: Readonly<Record<string, string>>) => {
    const place = folder();
    for (const [name, text] of Object.entries(contents)) writeFileSync(join(place, name), text);
    return (name: string) => join(place, name);
  };
  const problemsOf = (sources: RecoverySources): string[] => {
    try {
      readRecoverySources(PLAN, "kpaas", sources);
    } catch (error) {
      assert.ok(error instanceof InvalidInputError);
      return error.problems.map(({ path, reason, remedy }) => {
        assert.ok(remedy);
        return `${path}: ${reason}`;
      });
    }
    return [];
  };

  it("is ids as lines or as JSON, and the key", () => {
    const at = files({ lines: "seoul-net: 4f1c\nseoul-port: '17'\n", json: '{ "seoul-net": "4f1c" }', key: KEY });
    assert.deepEqual(readRecoverySources(PLAN, "kpaas", { ids: at("lines"), sshKey: at("key") }), {
      ids: { "seoul-net": "4f1c", "seoul-port": "17" },
      sshKey: KEY,
    });
    assert.deepEqual(readRecoverySources(PLAN, "kpaas", { ids: at("json") }), { ids: { "seoul-net": "4f1c" } });
    assert.deepEqual(readRecoverySources(PLAN, "kpaas", {}), {});
  });

  it("is refused with all that is wrong with any of it", () => {
    const at = files({ ids: "a: 17\nb: [x]\n", empty: "a: ' '\nb: x\n", list: "- a\n", key: "ssh-ed25519 AAAA me\n" });
    assert.deepEqual(problemsOf({ ids: at("none"), sshKey: at("none"), older: at("none") }), [
      "--ids: none cannot be read",
      `--older: ${at("none")} is no backup of a state: there is no manifest.json in it`,
      "--ssh-key: none cannot be read",
    ]);
    assert.deepEqual(problemsOf({ ids: at("ids"), sshKey: at("key") }), [
      "--ids.a: must be a text",
      "--ids.b: must be a text",
      "--ssh-key: holds no Ed25519 key without a passphrase",
    ]);
    assert.deepEqual(problemsOf({ ids: at("empty") }), ["--ids.a: is empty"]);
    assert.deepEqual(problemsOf({ ids: at("list") }), ["--ids: holds no lines of NAME: ID"]);
  });

  it("is a key as machines have it: in either format, of their kind, and open", () => {
    const key = generateKey("ED25519", 0, "");
    const locked = key.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "canary" }).toString();
    const opensshLocked = `-----BEGIN OPENSSH PRIVATE KEY-----\n${Buffer.from("openssh-key-v1\0\0\0\0\naes256-ctr\0\0\0\vssh-ed25519".padEnd(200, "x")).toString("base64")}\n-----END OPENSSH PRIVATE KEY-----\n`;
    const at = files({ pem: pkcs8Pem(key), rsa: pkcs8Pem(generateKey("RSA", 2048, "")), locked, opensshLocked });
    assert.deepEqual(problemsOf({ sshKey: at("pem") }), []);
    for (const name of ["rsa", "locked", "opensshLocked"])
      assert.deepEqual(problemsOf({ sshKey: at(name) }), ["--ssh-key: holds no Ed25519 key without a passphrase"], name);
  });

  it("is an older backup of this environment, this project and these stacks", () => {
    const place = folder();
    const stored = (stack: string, layer?: "cluster") => {
      const exported = JSON.stringify({ version: 3, deployment: { resources: [] } });
      return { stack, ...(layer && { layer }), exported, state: parseState(exported) };
    };
    const backup = (environment: string, project: string, ...states: StoredStack[]) =>
      writeStates(place, { environment, project }, states).folder;
    assert.deepEqual(problemsOf({ older: backup("seoul", "kpaas", stored("seoul")) }), []);
    assert.deepEqual(problemsOf({ older: backup("seoul", "other", stored("seoul.cluster", "cluster")) }), [
      "--older: is of the Pulumi project other, and this one is kpaas",
      "--older: holds stacks of layers, and the file has `layers: one`",
    ]);
    assert.deepEqual(problemsOf({ older: backup("busan", "kpaas", stored("busan")) }), ["--older: it is a backup of busan, not of seoul"]);
  });
});
