import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { saidIn } from "../../../fleet/children";
import { masking, secretsIn } from "../../../server/work/masking";
import { commandsIn } from "../../../server/work/work";
import { PlayedRunner } from "../../support/played-work";
import { temporaryFolders } from "../../support/temporary";

const STEP = { cluster: "seoul", step: "up", attempt: 1 } as const;
const SECRET = "canary-password";

describe("What a step says", () => {
  const folder = temporaryFolders();

  it("is read line by line while it grows, each line once, and without secrets wherever it was cut", () => {
    const line = fc.stringMatching(/^[a-z가-힣😀 ]{0,20}$/u).map((text) => text.replace("a", SECRET));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.array(fc.nat(400), { maxLength: 8 }), (lines, cuts) => {
        const all = Buffer.from(lines.join("\n"));
        const runner = new PlayedRunner();
        const masked = masking(runner, [SECRET]);
        let [read, last, from] = ["", "", 0];
        for (const end of [...cuts.map((cut) => Math.min(cut, all.length)).sort((a, b) => a - b), all.length]) {
          // As a file: bytes, whatever they are a part of.
          runner.said = (_, after = 0) => saidIn(all.subarray(0, end).subarray(after), after);
          const said = masked.said(STEP, from);
          read += said.lines;
          [last, from] = [said.rest, said.to];
        }
        assert.equal(`${read}${last}`, lines.join("\n").replaceAll(SECRET, "[secret]"));
      }),
    );
  });

  it("holds nothing of a key that is given as JSON, neither as it stands there nor as whoever parses it has it", () => {
    const key = "-----BEGIN PRIVATE KEY-----\nfirst-line-of-a-key\nsecond-line-of-a-key\n-----END PRIVATE KEY-----\n";
    const json = JSON.stringify({ type: "service_account", client_email: "kpaas@p.example.org", private_key: key }, undefined, 2);
    const runner = new PlayedRunner();
    runner.said = () => ({ lines: `${json}\n${JSON.stringify({ private_key: key })}\n${key}\n`, to: 0, rest: "" });
    const { lines } = masking(runner, secretsIn({ GOOGLE_CREDENTIALS: json, OS_USERNAME: "kimchi" })).said(STEP);
    assert.ok(!/line-of-a-key/.test(lines), lines);
    assert.deepEqual(secretsIn({ OS_USERNAME: "kimchi", OS_PASSWORD: SECRET, ARM_CLIENT_SECRET: "another" }), [SECRET, "another"]);
  });

  it("is read of its file from where it was read to", () => {
    const results = folder();
    const settings = { main: "", root: results, results, sandbox: true, work: { operation: "up" }, approvals: {} } as const;
    const commands = commandsIn(settings);
    assert.deepEqual(commands.said(STEP), { lines: "", to: 0, rest: "" });
    const log = join(results, "seoul.1.up.log");
    appendFileSync(log, "first\nsec");
    assert.deepEqual(commands.said(STEP), { lines: "first\n", to: 6, rest: "sec" });
    appendFileSync(log, "ond\n");
    assert.deepEqual(commands.said(STEP, 6), { lines: "second\n", to: 13, rest: "" });
    assert.deepEqual(commands.said(STEP, 13), { lines: "", to: 13, rest: "" });
    assert.deepEqual(commands.said(STEP, 99), { lines: "", to: 99, rest: "" });
  });
});
