import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { locateEngine } from "../../engine/locate";
import { run } from "../../engine/run";
import { type KeyServer, serverForTests, startKms, startTransit } from "../support/backend-servers";
import { engineForTests } from "../support/engine";
import { generator } from "../support/kill";
import { OPENBAO_VERSIONS, openBaoForTests } from "../support/openbao";
import { killAll } from "../support/processes";
import { PASSPHRASE, RemoteProject } from "../support/remote-project";

/** What holds for every key service. */
function keyService(start: (this: Mocha.Context) => Promise<KeyServer>): void {
  let project: RemoteProject;
  let server: KeyServer;

  before(async function () {
    await engineForTests.call(this);
    server = await start.call(this);
    const root = mkdtempSync(join(tmpdir(), "kpaas-backend-"));
    const variables = { PULUMI_BACKEND_URL: `file://${root}`, KPAAS_SANDBOX_SERVER: "simulated", ...PASSPHRASE };
    project = new RemoteProject({ ...variables, ...server.variables }, "three");
    await project.run("lock", "k");
    await project.run("up", "k", "--yes");
    await pulumi("config", "set", "--secret", "kpaas:token", "canary-token");
  });
  after(async () => {
    project?.remove();
    await server?.stop();
  });

  /** The engine's own command on the stack of the cluster. */
  async function pulumi(...args: readonly string[]): Promise<string> {
    const { command } = await locateEngine({ install: false });
    const env = { ...process.env, ...project.variables, PULUMI_HOME: join(project.root, "home") };
    return await run(command, [...args, "--stack", "k.cluster", "--non-interactive"], { cwd: project.root, env });
  }

  const seeds = Number(process.env.KPAAS_SEEDS ?? 8);
  const first = Number(process.env.KPAAS_SEED ?? 1);
  for (let seed = first; seed < first + seeds; seed++) {
    it(`is changed to ${seed % 2 === 1 ? "it" : "a passphrase"}, killed, and comes to its end by the same command (seed ${seed})`, async () => {
      const to = seed % 2 === 1 ? server.provider : "passphrase";
      const [kind = ""] = server.provider.split(":");
      const change = () => project.start("state", "secrets", "k", "--provider", to, "--yes");
      const begun = change();
      await pause(1_000 + generator(seed)() * 7_000);
      killAll(begun.pid);
      await begun.ended;
      const { code, output } = await change().ended;
      assert.equal(code, 0, output);
      for (const layer of ["infrastructure", "cluster", "platform"])
        assert.equal(project.config(layer).includes(`${kind}:`), to !== "passphrase");
      assert.match(await pulumi("config", "get", "kpaas:token"), /canary-token/);
      const { stdout } = await project.start("outputs", "k", "--show-secrets", "--json").ended;
      assert.match(JSON.stringify(JSON.parse(stdout).kubeconfig), /clusters/);
      assert.match(await project.run("state", "list"), new RegExp(`platform .*${to === "passphrase" ? to : kind}`));
    });
  }

  it("is the provider that is away: refused, with nothing changed, and gone on with", async () => {
    await project.run("state", "secrets", "k", "--provider", server.provider, "--yes");
    await server.gate.cut();
    const away = await project.start("state", "secrets", "k", "--provider", "passphrase", "--yes").ended;
    assert.equal(away.code, 1, away.output);
    const up = await project.start("up", "k", "--yes").ended;
    assert.notEqual(up.code, 0, up.output);
    await server.gate.open();
    await project.run("state", "secrets", "k", "--provider", "passphrase", "--yes");
    assert.match(await project.run("up", "k", "--yes"), /no changes/);
  });
}

const STARTS: Readonly<Record<string, Parameters<typeof keyService>[0]>> = {
  async "the transit engine of OpenBao"() {
    return await startTransit(openBaoForTests.call(this, OPENBAO_VERSIONS.at(-1) ?? ""));
  },
  async "AWS KMS, on moto's server"() {
    return await startKms(serverForTests.call(this, "moto_server"));
  },
};

for (const [what, start] of Object.entries(STARTS))
  describe(`a secrets provider in ${what}`, function () {
    this.timeout(900_000);
    keyService(start);
  });
