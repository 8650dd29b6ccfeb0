import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { RunError, runtime } from "@pulumi/pulumi";
import { loadEnvironment, writeLock } from "../../files/load";
import { appliedState } from "../../model/guard/applied";
import type { Layer } from "../../model/layers";
import type { Bastion } from "../../reach/bastion";
import { environmentProgram, pulumiProgram } from "../../stacks/program";
import { type GraphOptions, graph } from "../../testing/graph";
import { secretEnvelope } from "../../testing/mocks";
import { sampleEnvironment } from "../support/plan";
import { temporaryFolders } from "../support/temporary";

const FILE = "name: seoul\ninfrastructure: { provider: openstack }\n";

describe("the program that pulumi runs", () => {
  const folder = temporaryFolders();
  let file: string;
  const write = (text: string): void => writeFileSync(file, text);
  const lock = (): void => writeLock(loadEnvironment(file, ""));

  const { warn } = console;
  let warnings: string[];

  beforeEach(() => {
    warnings = [];
    console.warn = (line: string) => warnings.push(line);
    file = join(folder(), "seoul.yaml");
    write(FILE);
  });
  afterEach(() => {
    console.warn = warn;
    runtime.setAllConfig({});
  });

  /** What the program is refused with, empty for nothing. The stack has the outputs. */
  async function refusal(outputs: Record<string, unknown> = {}): Promise<string> {
    try {
      const own = ({ name }: Record<string, unknown>) => ({ outputs: String(name).endsWith(`/${file}`) ? outputs : {} });
      await graph(pulumiProgram, { stack: file, invokes: { "pulumi:pulumi:readStackOutputs": own } });
    } catch (error) {
      assert.ok(error instanceof RunError, `${error}: anything else is shown with a stack trace`);
      return error.message;
    }
    return "";
  }

  it("says once that there is no lock file", async () => {
    assert.equal(
      await refusal(),
      `error seoul: there is no lock file, so nothing fixes machines and versions\n    run \`kpaas lock seoul\`, review ${file.replace(".yaml", ".lock.yaml")} and commit it`,
    );
  });

  it("lists what an outdated lock file lacks, and once what to do", async () => {
    lock();
    write(`${FILE}cluster: { pools: { worker: { nodes: 3 } } }\n`);
    const message = await refusal();
    assert.match(message, /^error seoul: the lock file does not fit the environment file\n {4}\+ machines\.worker-3\.address: 10\.20\./);
    assert.equal(message.match(/kpaas lock seoul/g)?.length, 1);
  });

  it("shows the warnings of an accepted file", async () => {
    lock();
    assert.equal(await refusal(), "");
    assert.match(warnings.join("\n"), /warning: .*seoul: platform\.ingress\.kind: .* end of life/);
  });

  it("names the configuration that lets a dangerous change through, which is all that pulumi has", async () => {
    write(`${FILE}protect: none\n`);
    lock();
    const wanted = loadEnvironment(file, "").planned;
    assert.ok(wanted);
    const outputs = { applied: { ...appliedState(wanted.plan), protectData: true } };
    const message = await refusal(outputs);
    assert.doesNotMatch(message, /--approve/);
    const [, key = message] = /put (environment:unprotect@[0-9a-f]{12}) into the configuration kpaas:approve/.exec(message) ?? [];
    runtime.setAllConfig({ "kpaas:approve": key });
    assert.equal(await refusal(outputs), "");
  });

  it("refuses a stack whose name does not fit the file's layers", async () => {
    const name = file;
    file = `${name}.cluster`;
    assert.match(await refusal(), /the stack \S+\.cluster does not fit: with layers: one/);
    file = name;
  });
});

describe("the way into a private cluster", () => {
  const { plan } = sampleEnvironment("highAvailability", { infrastructure: { access: { api: "bastion" } } });
  const infrastructure = {
    version: 1,
    layer: "infrastructure",
    machines: Object.fromEntries(plan.machines.map(({ name, address }) => [name, { id: `id-${name}`, dialAddress: address }])),
    ssh: { user: "ubuntu", privateKey: "canary-key", bastion: { address: "198.51.100.7", user: "ubuntu" } },
    standing: [],
  };
  const outputs = { "kpaas:kubespray:Cluster": () => ({ kubeconfig: secretEnvelope("clusters: []") }) };

  /** What the tunnel is told. */
  async function told(layer?: Layer, options: GraphOptions = {}): Promise<Bastion[]> {
    const uses: Bastion[] = [];
    const tunnel = { port: 0, use: (bastion: Bastion) => uses.push(bastion), close: async () => undefined };
    const program = environmentProgram(
      { ...plan, layers: layer ? "three" : "one" },
      { sandbox: false, tunnel, ...(layer ? { layer } : {}) },
    );
    const cluster = { version: 1, layer: "cluster", kubeconfig: "clusters: []", nodes: Object.keys(plan.cluster.nodes).sort() };
    const contracts: Record<string, unknown> = { infrastructure, cluster };
    const readStackOutputs = ({ name }: Record<string, unknown>) => {
      const below = contracts[String(name).split(".").at(-1) ?? ""];
      return { outputs: layer && below ? { contract: below } : {} };
    };
    await graph(program, { outputs, invokes: { "pulumi:pulumi:readStackOutputs": readStackOutputs }, ...options });
    return uses;
  }

  it("is told the bastion's address and key once they are known", async () => {
    const [bastion, ...others] = await told();
    assert.deepEqual(others, []);
    assert.match(bastion?.host ?? "", /^198\.51\.100\./);
    assert.match(bastion?.privateKey ?? "", /OPENSSH PRIVATE KEY/);
    assert.deepEqual(bastion?.names, ["bastion"]);
    assert.deepEqual(await told(undefined, { unknowns: true }), []);
  });

  it("is told so in the stack of the platform alone, too", async () => {
    assert.deepEqual(
      (await told("platform")).map(({ host, privateKey }) => [host, privateKey]),
      [["198.51.100.7", "canary-key"]],
    );
  });
});
