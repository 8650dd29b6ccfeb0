import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { sshHosts } from "../../cli/ssh-config";
import { appliedState } from "../../model/guard/applied";
import { loginOf } from "../../reach/login";
import { sshConfig } from "../../reach/ssh-config";
import { temporaryFolders } from "../support/temporary";
import { command, OUTPUTS, PLAN } from "./fixture";

const [cp1] = PLAN.machines;
assert.ok(cp1);
const bastion = { ...cp1, key: "bastion", name: "bastion-g2", roles: ["bastion" as const], address: "10.20.0.10" };
const KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\ncanary-key\n-----END OPENSSH PRIVATE KEY-----\n";

/** Outputs of an environment that is up, with a bastion at this address. */
function outputs(where?: string): Record<string, unknown> {
  const machines = where === undefined ? PLAN.machines : [...PLAN.machines, bastion];
  const ssh = { user: "ubuntu", privateKey: KEY, ...(where === undefined ? {} : { where }) };
  return { ...OUTPUTS, ssh, applied: appliedState({ ...PLAN, machines }) };
}

describe("kpaas ssh", () => {
  const folder = temporaryFolders();

  /** Runs it with an `ssh` that keeps what it was given and ends with a code. */
  async function run(argv: readonly string[], code = 0, found = outputs("203.0.113.9")) {
    const cwd = folder();
    const fake = `#!/bin/sh\nprintf '%s\\n' "$@" > ${cwd}/args\ncat "$2" > ${cwd}/config\nexit ${code}\n`;
    writeFileSync(join(cwd, "ssh"), fake);
    chmodSync(join(cwd, "ssh"), 0o755);
    const ran = await command(["ssh", "seoul", ...argv], { cwd, path: [cwd, process.env.PATH].join(delimiter), outputs: found });
    const read = (name: string): string => (existsSync(join(cwd, name)) ? readFileSync(join(cwd, name), "utf8") : "");
    return { ...ran, cwd, args: read("args").trimEnd().split("\n"), config: read("config") };
  }

  it("runs ssh with a file that leads through the bastion, and passes the command on", async () => {
    const { code, args, config, cwd } = await run(["cp-1", "--", "uptime", "-p"]);
    assert.equal(code, 0);
    assert.deepEqual([args[0], ...args.slice(2)], ["-F", "cp-1", "--", "uptime", "-p"]);
    assert.match(config, /^Host cp-1\n {2}HostName 10\.20\.0\.11\n {2}HostKeyAlias cp-1\n {2}ProxyJump bastion\n/m);
    assert.match(config, /^Host bastion\n {2}HostName 203\.0\.113\.9\n {2}HostKeyAlias bastion-g2\nHost/m);
    assert.ok(config.includes(`UserKnownHostsFile "${cwd}/.kpaas/known_hosts/seoul"`));
    assert.ok(statSync(join(cwd, ".kpaas", "known_hosts")).isDirectory());
  });

  it("leaves neither key nor file behind, and shows the key nowhere", async () => {
    const { args, config, stdout, stderr } = await run(["cp-1"]);
    const [, keyFile = ""] = /IdentityFile "(.*)"/.exec(config) ?? [];
    assert.ok(keyFile.endsWith("/key") && !existsSync(keyFile) && !existsSync(args[1] ?? ""));
    assert.doesNotMatch([...args, config, stdout, stderr].join(), /canary/);
  });

  it("has its login in the outputs, the key masked", async () => {
    const { stdout } = await command(["outputs", "seoul"], { outputs: outputs("203.0.113.9") });
    assert.match(stdout, /ssh:\n {2}user: ubuntu\n {2}privateKey: "\[secret\]"\n {2}where: 203\.0\.113\.9/);
    assert.doesNotMatch(stdout, /canary/);
  });

  it("ends with ssh's exit code", async () => {
    assert.equal((await run(["cp-1", "--", "false"], 7)).code, 7);
  });

  it("dials directly where there is no bastion", async () => {
    assert.doesNotMatch((await run(["cp-1"], 0, outputs())).config, /ProxyJump/);
  });

  it("names the nearest machine for a key that is none, and all of them", async () => {
    const { code, stderr } = await run(["pc-1"]);
    assert.equal(code, 2);
    assert.match(stderr, /did you mean "cp-1"\? There are cp-1, general-1, nfs-1, bastion/);
  });

  it("says that the sandbox's machines are simulated, and what is not up", async () => {
    const sandbox = await run(["cp-1", "--sandbox"]);
    assert.deepEqual([sandbox.code, /simulated/.test(sandbox.stderr)], [1, true]);
    const missing = await run(["cp-1"], 0, OUTPUTS);
    assert.deepEqual([missing.code, /seoul is not up: run `kpaas up seoul`/.test(missing.stderr)], [1, true]);
  });

  it("takes a machine or --forward, and forwards only to a private API", async () => {
    assert.equal((await run([])).code, 2);
    assert.equal((await run(["cp-1", "--forward"])).code, 2);
    const { code, stderr } = await run(["--forward"]);
    assert.deepEqual([code, /reached directly/.test(stderr)], [2, true]);
  });

  it("says that ssh is missing where it is", async () => {
    const cwd = folder();
    const { code, stderr } = await command(["ssh", "seoul", "cp-1"], { cwd, path: cwd, outputs: outputs() });
    assert.deepEqual([code, /install OpenSSH's client/.test(stderr)], [1, true]);
  });

  it("writes what OpenSSH itself understands, also with odd paths", function () {
    if (spawnSync("ssh", ["-V"]).error !== undefined) this.skip();
    const odd = join(folder(), "a b%c");
    mkdirSync(odd);
    const login = loginOf(outputs("203.0.113.9"), "seoul");
    assert.ok(login);
    const file = join(odd, "config");
    writeFileSync(file, sshConfig(sshHosts(login), { user: login.user, keyFile: join(odd, "key"), knownHostsFile: join(odd, "known") }));
    const { stdout, status } = spawnSync("ssh", ["-G", "-F", file, "cp-1"], { encoding: "utf8" });
    assert.equal(status, 0);
    for (const line of ["hostname 10.20.0.11", "user ubuntu", "proxyjump bastion", "hostkeyalias cp-1", "stricthostkeychecking accept-new"])
      assert.match(stdout, new RegExp(`^${line}$`, "m"));
    assert.ok(
      stdout.includes(`userknownhostsfile ${join(odd, "known")}`) || stdout.includes(`userknownhostsfile ${odd.replace("%", "%%")}/known`),
    );
  });
});
