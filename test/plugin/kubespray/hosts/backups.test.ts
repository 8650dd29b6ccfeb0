import assert from "node:assert/strict";
import { readBackups, seenBackups } from "../../../../plugin/kubespray/hosts/backups";
import { HostUnreachable } from "../../../../plugin/kubespray/hosts/remote-hosts";

const said = (names: string, status: object) => `${names}--- status\n${JSON.stringify(status)}\n`;

describe("backups as the control planes tell them", () => {
  it("are those of all of them, and stand as the last attempt left them", () => {
    const answers = [
      { host: "cp-1", said: said("a\nc\n", { lastAttempt: "2026-01-03", lastSuccess: "2026-01-01", error: "no room" }) },
      { host: "cp-2", said: said("b\n", { lastAttempt: "2026-01-02", lastSuccess: "2026-01-02" }) },
      { host: "cp-3", said: "--- status\n" },
    ];
    assert.deepEqual(seenBackups(answers), { names: ["a", "b", "c"], lastSuccess: "2026-01-02", failure: "cp-1: no room" });
    assert.deepEqual(seenBackups(answers.slice(1)), { names: ["b"], lastSuccess: "2026-01-02" });
    assert.deepEqual(seenBackups(answers.slice(2)), { names: [] });
    const begun = [...answers.slice(1), { host: "cp-4", said: `${said("", {})}\n--- restoring\nb\n` }];
    assert.deepEqual(seenBackups(begun), { names: ["b"], lastSuccess: "2026-01-02", restoring: "b" });
  });

  it("are told by whoever answers; where nobody does, why", async () => {
    const hosts = {
      run: async (node: string) => {
        if (node !== "cp-2") throw new HostUnreachable(node, "timed out");
        return { code: 0, stdout: said("a\n", {}), stderr: "" };
      },
    };
    assert.deepEqual(await readBackups(hosts, ["cp-1", "cp-2"]), { names: ["a"] });
    await assert.rejects(readBackups(hosts, ["cp-1"]), /cp-1 is unreachable: timed out/);
  });
});
