import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { askAll, CommandFailed, HostUnreachable, OpenSshHosts, printed, shellWord } from "../../../../plugin/kubespray/hosts/remote-hosts";
import { temporaryFolders } from "../../../support/temporary";

describe("Commands on hosts", () => {
  const folder = temporaryFolders();
  const PASSWORD = `s3 cr"et'$HOME`;
  let root: string;

  /** A client that runs here what it should run there, by a user who is not root and whose sudo is `sudo`. */
  function hosts(sudo: string, becomePassword?: string): OpenSshHosts {
    root = folder();
    const program = (name: string, text: string) => {
      writeFileSync(join(root, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(root, name), 0o755);
    };
    program("id", "echo 1000");
    program("sudo", `echo "$@" >> ${root}/asked\n${sudo}\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"`);
    program(
      "ssh",
      `[ "$3" != off ] || { echo "ssh: connect to host off port 22: Connection refused" >&2; exit 255; }\nPATH=${root}:$PATH exec sh -c "$4"`,
    );
    return new OpenSshHosts({ config: "config", client: join(root, "ssh"), ...(becomePassword === undefined ? {} : { becomePassword }) });
  }
  const reads = 'case " $* " in *" -S "*) IFS= read -r password; printf %s "$password" > $(dirname "$0")/password ;; esac';

  it("get their input and no more, whether sudo reads the password or not", async () => {
    for (const sudo of [reads, ":"]) {
      const answer = await printed(hosts(sudo, PASSWORD), "a", "cat; echo \"of 'a' $((1 + 1))\"", { become: true, input: "one\ntwo\n" });
      assert.equal(answer, "one\ntwo\nof 'a' 2\n");
    }
    assert.equal(await printed(hosts(reads), "a", "cat", { become: true, input: "x" }), "x", "without a password");
    assert.equal(await printed(hosts(reads), "a", "cat", { input: "x" }), "x", "without sudo");
  });

  it("tell nothing of what they had printed until they failed: an administrator's kubeconfig may be in it", async () => {
    await assert.rejects(printed(hosts(":"), "a", "echo client-key-data; exit 3"), /^CommandFailed: a: the command ended with code 3$/);
  });

  it("say which record of a host's key is another than the one it shows", async () => {
    const client = hosts(":");
    const changed = [
      ...["@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @", "Offending ED25519 key in /project/known hosts:3"],
      ...["Host key for a has changed and you have requested strict checking.", "Host key verification failed."],
    ];
    writeFileSync(join(root, "ssh"), `#!/bin/sh\nprintf '%s\\n' ${changed.map(shellWord).join(" ")} >&2\nexit 255\n`);
    await assert.rejects(
      client.run("a", "true"),
      /a is unreachable: it shows another host key than the recorded one: .* delete the line \/project\/known hosts:3/,
    );
  });

  it("have no password in any process's arguments", async () => {
    const answer = await printed(
      hosts(reads, PASSWORD),
      "a",
      `cat ${shellWord("/proc/self/cmdline")} && cat $(dirname "$(command -v sudo)")/asked`,
      { become: true },
    );
    assert.ok(!answer.includes("s3 cr"), answer);
    assert.match(answer, /-S -p {2}-- sh -c/);
  });

  it("tell a host that is not reached from a command that failed", async () => {
    const there = hosts(":");
    await assert.rejects(
      printed(there, "off", "true"),
      (error) => error instanceof HostUnreachable && /off is unreachable: ssh: connect to host off/.test(error.message),
    );
    await assert.rejects(
      printed(there, "a", "echo wrong >&2; exit 3"),
      (error) => error instanceof CommandFailed && error.message === "a: wrong",
    );
    await assert.rejects(printed(there, "a", "sleep 60", { timeoutMs: 200 }), /a is unreachable: no answer within 0 s/);
    await assert.rejects(printed(there, "a", "sleep 60", { signal: AbortSignal.abort(new Error("stopped")) }), /stopped/);
  });

  it("run on some hosts at a time", async () => {
    let now = 0;
    let most = 0;
    const { answers, failures } = await askAll(
      Array.from({ length: 20 }, (_, index) => String(index)),
      async (node) => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setImmediate(resolve));
        now--;
        if (node === "7") throw new Error("no");
        return Number(node) * 2;
      },
      4,
    );
    assert.deepEqual([most, answers.size, answers.get("6"), [...failures.keys()]], [4, 19, 12, ["7"]]);
  });
});
