import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ANSIBLE_PLAYBOOK } from "../../../model/type-tokens";
import type { PlaybookRun, Plays } from "../../../plugin/ansible/plays";
import { PlaybookProvider } from "../../../plugin/ansible/provider";
import { PartialFailure, type Properties, secret, UNKNOWN } from "../../../plugin/rpc/provider";

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder with a playbook, and a provider that notes what it would run. */
function project(fail?: string): { root: string; runs: PlaybookRun[]; provider: PlaybookProvider } {
  const root = mkdtempSync(join(tmpdir(), "kpaas-playbook-"));
  folders.push(root);
  mkdirSync(join(root, "plays", "files"), { recursive: true });
  writeFileSync(join(root, "plays", "site.yml"), "- hosts: all\n");
  writeFileSync(join(root, "plays", "gone.yml"), "- hosts: all\n");
  writeFileSync(join(root, "plays", "files", "motd"), "hello\n");
  const runs: PlaybookRun[] = [];
  const plays: Plays = {
    unusable: undefined,
    async run(run) {
      runs.push(run);
      if (fail !== undefined) throw new Error(fail);
    },
    forget: () => undefined,
  };
  return { root, runs, provider: new PlaybookProvider(plays, root) };
}

const call = {
  urn: "urn:pulumi:dev::p::kpaas:ansible:Playbook::motd",
  type: ANSIBLE_PLAYBOOK,
  name: "motd",
  signal: new AbortController().signal,
  log: async () => undefined,
  status: async () => undefined,
};
const INPUTS: Properties = {
  playbook: "plays/site.yml",
  hosts: { "web-1": { address: "10.0.0.1", groups: ["web"] } },
  variables: { greeting: secret("hunter2") },
  ssh: { user: "ubuntu", privateKey: secret("KEY") },
};

async function checked(provider: PlaybookProvider, news: Properties): Promise<Properties> {
  const { inputs, failures } = await provider.check({ ...call, olds: {}, news, randomSeed: Buffer.alloc(0) });
  assert.deepEqual(failures, []);
  return inputs;
}

const created = async (provider: PlaybookProvider, inputs: Properties): Promise<Properties> =>
  (await provider.create({ ...call, inputs, preview: false, timeout: 0 })).properties;

/** What a change of the inputs shows, and whether it runs the playbook. */
async function change(more: Properties, touch?: (root: string) => void): Promise<{ shown: string[]; ran: boolean }> {
  const { root, runs, provider } = project();
  const before = await checked(provider, INPUTS);
  const olds = await created(provider, before);
  touch?.(root);
  const news = await checked(provider, { ...INPUTS, ...more });
  const { changes } = await provider.diff({ ...call, id: "motd", oldInputs: before, olds, news, ignoreChanges: [] });
  if (Object.keys(changes).length > 0)
    await provider.update({ ...call, id: "motd", oldInputs: before, olds, news, preview: false, timeout: 0 });
  return { shown: Object.keys(changes).sort(), ran: runs.length > 1 };
}

describe("a playbook as a resource", () => {
  it("runs again when it, a file beside it, its hosts or its variables change, and not otherwise", async () => {
    const nothing = await change({});
    assert.deepEqual(nothing, { shown: [], ran: false });
    const file = await change({}, (root) => writeFileSync(join(root, "plays", "files", "motd"), "good bye\n"));
    assert.deepEqual(file, { shown: ["digest"], ran: true });
    assert.deepEqual(await change({}, (root) => writeFileSync(join(root, "plays", ".cache"), "x")), { shown: [], ran: false });
    assert.deepEqual(await change({ triggers: 2 }), { shown: ["triggers"], ran: true });
    assert.deepEqual(await change({ variables: { greeting: secret("other") } }), { shown: ["variables"], ran: true });
    assert.deepEqual(await change({ hosts: { "web-1": { address: "10.0.0.9", groups: ["web"] } } }), { shown: ["hosts"], ran: true });
    assert.deepEqual(await change({ ssh: { user: "rocky", privateKey: secret("KEY") } }), { shown: ["ssh"], ran: false });
    assert.deepEqual(await change({ onDelete: "plays/gone.yml" }), { shown: ["onDelete"], ran: false });
  });

  it("runs again after it has failed", async () => {
    const { provider } = project("no route to web-1");
    const inputs = await checked(provider, INPUTS);
    const failure = await provider.create({ ...call, inputs, preview: false, timeout: 0 }).catch((error: unknown) => error);
    assert.ok(failure instanceof PartialFailure && failure.message === "no route to web-1");
    const { changes } = await provider.diff({
      ...call,
      id: "motd",
      oldInputs: inputs,
      olds: failure.properties,
      news: inputs,
      ignoreChanges: [],
    });
    assert.deepEqual(changes, { digest: "add" });
  });

  it("is not run by a preview, unless it is asked to check", async () => {
    const { runs, provider } = project();
    const inputs = await checked(provider, INPUTS);
    await provider.create({ ...call, inputs, preview: true, timeout: 0 });
    assert.equal(runs.length, 0);
    await provider.create({ ...call, inputs: { ...inputs, checkInPreview: true }, preview: true, timeout: 0 });
    assert.deepEqual(
      runs.map(({ check }) => check),
      [true],
    );
    const unknown = { ...inputs, checkInPreview: true, variables: { greeting: UNKNOWN } };
    await provider.create({ ...call, inputs: unknown, preview: true, timeout: 0 });
    assert.equal(runs.length, 1);
  });

  it("runs another one when it is deleted, where it names one", async () => {
    const { runs, provider } = project();
    const inputs = await checked(provider, { ...INPUTS, onDelete: "plays/gone.yml" });
    const properties = await created(provider, inputs);
    await provider.delete({ ...call, id: "motd", inputs, properties, timeout: 0 });
    assert.deepEqual(
      runs.map(({ path }) => path.split("/").at(-1)),
      ["site.yml", "gone.yml"],
    );
  });

  it("stays where the one that is run at its end cannot be, since its inputs cannot be read", async () => {
    const { runs, provider } = project();
    const inputs: Properties = { ...(await checked(provider, { ...INPUTS, onDelete: "plays/gone.yml" })), ofAnotherVersion: true };
    const deletion = { ...call, id: "motd", properties: inputs, timeout: 0 };
    await assert.rejects(provider.delete({ ...deletion, inputs }), /ofAnotherVersion/);
    assert.equal(runs.length, 0);
    const { onDelete: _none, ...without } = inputs;
    await provider.delete({ ...deletion, inputs: without });
  });

  it("knows which texts are secret, and records no log-in", async () => {
    const { runs, provider } = project();
    const properties = await created(provider, await checked(provider, INPUTS));
    assert.deepEqual(runs[0]?.inputs.secretValues.toSorted(), ["KEY", "hunter2"]);
    assert.ok(!("ssh" in properties));
    assert.deepEqual(properties.variables, { greeting: secret("hunter2") });
  });

  it("takes one of ours by its name, and says what is wrong with inputs before anything runs", async () => {
    const { provider } = project();
    await checked(provider, { ...INPUTS, playbook: "hardening" });
    const wrong = async (more: Properties) =>
      (await provider.check({ ...call, olds: {}, news: { ...INPUTS, ...more }, randomSeed: Buffer.alloc(0) })).failures;
    assert.match((await wrong({ playbook: "plays/none.yml" }))[0]?.reason ?? "", /there is no .*none\.yml/);
    assert.match((await wrong({ playbook: "hardenning" }))[0]?.reason ?? "", /there is no .*hardenning\.yml/);
    const properties = async (more: Properties) => (await wrong(more)).map(({ property }) => property);
    assert.deepEqual(await properties({ hosts: { "web 1": { address: "10.0.0.1" } } }), ["hosts.web 1"]);
    assert.deepEqual(await properties({ hosts: { "web-1": { address: "" } }, tags: [""] }), ["hosts.web-1.address", "tags.0"]);
  });
});
