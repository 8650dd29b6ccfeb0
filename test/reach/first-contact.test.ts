import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { bastionUserData } from "../../model/plan/user-data";
import { cloudConfig } from "../../providers/machines/cloud-init";
import { type Bastion, meetBastion } from "../../reach/bastion";
import { HOST_KEYS } from "../../reach/first-contact";
import { KnownHosts } from "../../reach/known-hosts";
import { temporaryFolders } from "../support/temporary";
import { type BastionServer, newKey, type Ran, startBastion } from "./bastion-server";

interface UserData {
  readonly ssh_deletekeys: boolean;
  readonly ssh_keys: { readonly ed25519_private: string; readonly ed25519_public: string };
  readonly write_files: readonly { readonly path: string; readonly content: string; readonly permissions: string }[];
}

const KEY_FILE = "ssh_host_ed25519_key";

/** A bastion on loopback that its user data have prepared, in a folder in place of /etc/ssh. */
class Machine {
  readonly commands: string[] = [];
  /** Breaks the connection once, when this command has been carried out. */
  breaksAt = 0;
  fails = false;

  constructor(
    readonly folder: string,
    readonly data: UserData,
  ) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, KEY_FILE), data.ssh_keys.ed25519_private, { mode: 0o600 });
    writeFileSync(join(folder, `${KEY_FILE}.pub`), `${data.ssh_keys.ed25519_public}\n`);
    const script = data.write_files.find(({ path }) => path === HOST_KEYS)?.content ?? "";
    writeFileSync(join(folder, "script"), script.replaceAll("/etc/ssh", folder).replaceAll(/systemctl \S+ \S+/g, "true"));
  }

  get hostKey(): string {
    return readFileSync(join(this.folder, KEY_FILE), "utf8");
  }

  run(command: string): Ran {
    this.commands.push(command);
    const [, step = ""] = new RegExp(`^sudo -n ${HOST_KEYS} (\\w+)$`).exec(command) ?? [];
    const { status, stdout, stderr } = spawnSync("sh", [join(this.folder, "script"), step], { encoding: "utf8" });
    if (this.fails) return { code: 1, output: "" };
    return { code: this.commands.length === this.breaksAt ? undefined : (status ?? 1), output: `${stdout}${stderr}` };
  }
}

describe("the first contact with a bastion", () => {
  const folder = temporaryFolders();
  const [first, userKey, otherKey] = [newKey(), newKey(), newKey()];
  const data = parse(cloudConfig(bastionUserData(first))) as UserData;
  const ends: BastionServer[] = [];
  afterEach(async () => {
    for (const server of ends.splice(0)) await server.close();
  });
  before(function () {
    if (spawnSync("ssh-keygen", ["-?"]).error === undefined) return;
    console.warn("SKIPPED the first contact with a bastion: no ssh-keygen");
    this.skip();
  });

  async function made() {
    const root = folder();
    const machine = new Machine(join(root, "machine"), data);
    let shown: () => string = () => machine.hostKey;
    const server = await startBastion(
      () => shown(),
      userKey.publicKey,
      0,
      (command) => machine.run(command),
    );
    ends.push(server);
    const bastion: Bastion = {
      ...{ host: "127.0.0.1", port: server.port, user: "ubuntu", privateKey: userKey.privateKey, names: ["bastion"] },
      firstHostKeys: { bastion: first.publicKey },
    };
    const told: string[] = [];
    const file = join(root, "known_hosts");
    const meet = (over: Partial<Bastion> = {}) =>
      meetBastion("seoul", { ...bastion, ...over }, new KnownHosts(file), (text) => told.push(text));
    const show = (key: string): void => {
      shown = () => key;
    };
    const known = (): string => (existsSync(file) ? readFileSync(file, "utf8") : "");
    return { machine, server, meet, show, told, known, file };
  }

  it("goes by the key the machine was made with, which makes its own: that one is recorded", async () => {
    const { machine, server, meet, told, known } = await made();
    await meet();
    assert.notEqual(machine.hostKey, first.privateKey);
    const own = readFileSync(join(machine.folder, `${KEY_FILE}.pub`), "utf8")
      .split(" ")
      .slice(0, 2)
      .join(" ")
      .trim();
    assert.equal(known().split("\n").at(-2), `bastion ${own}`);
    assert.ok(!known().includes(first.publicKey.split(" ")[1] ?? ""));
    assert.match(told.join(), /first contact with the bastion of seoul .* by the host key it was made with: its own, SHA256:/);
    await meet();
    assert.equal(server.logins(), 1);
  });

  it("refuses any other key, and says how to go on", async () => {
    const { server, meet, show, known } = await made();
    show(otherKey.privateKey);
    await assert.rejects(
      meet(),
      /shows the host key SHA256:.*, which is neither the one it was made with nor recorded here\. Put the file/,
    );
    assert.deepEqual([server.logins(), known()], [0, ""]);
  });

  it("does not take the first key a second time", async () => {
    const { meet, show, known, file } = await made();
    await meet();
    show(first.privateKey);
    const verdict = new KnownHosts(file).judge(["bastion"], publicKey(first.publicKey), { bastion: first.publicKey });
    assert.equal(verdict.is, "changed");
    assert.ok(!known().includes(first.publicKey.split(" ")[1] ?? ""));
  });

  for (const step of [1, 2]) {
    it(`goes on where the connection broke in step ${step} of 2`, async () => {
      const { machine, meet, known } = await made();
      machine.breaksAt = step;
      await meet();
      const own =
        readFileSync(join(machine.folder, `${KEY_FILE}.pub`), "utf8")
          .split(" ")[1]
          ?.trim() ?? "";
      assert.equal(known().split("\n").at(-2), `bastion ssh-ed25519 ${own}`);
      assert.notEqual(machine.hostKey, first.privateKey);
    });
  }

  it("ends where the machine makes no key of its own, and records nothing", async () => {
    const { machine, meet, known } = await made();
    machine.fails = true;
    await assert.rejects(meet(), /does not make its own .* see why/);
    assert.deepEqual([machine.commands.length, known()], [1, ""]);
  });

  it("is prepared by user data that give one key and a program only root may change", () => {
    assert.equal(data.ssh_deletekeys, true);
    assert.deepEqual(data.ssh_keys, { ed25519_private: first.privateKey, ed25519_public: first.publicKey });
    assert.deepEqual(
      data.write_files.map(({ path, permissions }) => [path, permissions]),
      [[HOST_KEYS, "0755"]],
    );
  });
});

function publicKey(line: string): Buffer {
  return Buffer.from(line.split(" ")[1] ?? "", "base64");
}
