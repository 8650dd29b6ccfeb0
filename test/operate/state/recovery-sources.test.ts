import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { InvalidInputError } from "../../../model/problems";
import { type RecoverySources, readRecoverySources } from "../../../operate/state/recovery-sources";
import { temporaryFolders } from "../../support/temporary";

const KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n";

describe("what is told of an environment whose state is lost", () => {
  const folder = temporaryFolders();
  const files = (contents: Readonly<Record<string, string>>) => {
    const place = folder();
    for (const [name, text] of Object.entries(contents)) writeFileSync(join(place, name), text);
    return (name: string) => join(place, name);
  };
  const problemsOf = (sources: RecoverySources): string[] => {
    try {
      readRecoverySources("seoul", sources);
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
    assert.deepEqual(readRecoverySources("seoul", { ids: at("lines"), sshKey: at("key") }), {
      ids: { "seoul-net": "4f1c", "seoul-port": "17" },
      sshKey: KEY,
    });
    assert.deepEqual(readRecoverySources("seoul", { ids: at("json") }), { ids: { "seoul-net": "4f1c" } });
    assert.deepEqual(readRecoverySources("seoul", {}), {});
  });

  it("is refused with all that is wrong with any of it", () => {
    const at = files({ ids: "a: 17\nb: [x]\n", list: "- a\n", key: "ssh-ed25519 AAAA me\n" });
    assert.deepEqual(problemsOf({ ids: at("none"), sshKey: at("none"), older: at("none") }), [
      `: ${at("none")} is no backup of a state: there is no manifest.json in it`,
      "--ids: none cannot be read",
      "--ssh-key: none cannot be read",
    ]);
    assert.deepEqual(problemsOf({ ids: at("ids"), sshKey: at("key") }), [
      "--ids.a: must be a text",
      "--ids.b: must be a text",
      "--ssh-key: holds no private key in PEM or OpenSSH's format",
    ]);
    assert.deepEqual(problemsOf({ ids: at("list") }), ["--ids: holds no lines of NAME: ID"]);
  });
});
