import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../../host/files";
import { thisProcess } from "../../host/processes";
import type { JournalPlace } from "../../plugin/kubespray/journal";
import { PlayedProject } from "../support/cluster-command";
import { temporaryFolders } from "../support/temporary";

const TEXT = "name: seoul\nprofile: minimal\ninfrastructure:\n  provider: openstack\n";
const BACKUP = { schedule: "0 3 * * *", keep: 2, encrypt_to: "certificate", to: { local: { path: "/var/backups" } } };

describe("kpaas cluster, on a cluster that runs", () => {
  const folder = temporaryFolders();

  async function up(variables: Readonly<Record<string, unknown>> = {}): Promise<PlayedProject> {
    const project = new PlayedProject(folder(), TEXT);
    await project.bringUpInSandbox();
    const { inputs, outputs } = project.recorded?.cluster ?? assert.fail();
    const withVariables = (values: typeof outputs) => ({ ...values, variables: { ...(values.variables as object), ...variables } });
    project.recorded = { ...project.recorded, cluster: { inputs: withVariables(inputs), outputs: withVariables(outputs) } };
    return project;
  }

  const clusterFile = (project: PlayedProject) => JSON.parse(readFileSync(join(project.world, "cluster.json"), "utf8"));

  it("is refused where there is none", async () => {
    const project = new PlayedProject(folder(), TEXT);
    for (const command of ["backup seoul", "restore seoul", "renew-certificates seoul --yes"]) {
      const { code, stderr } = await project.command(`cluster ${command} --sandbox`);
      assert.equal(code, 1, command);
      assert.match(stderr, /seoul is not up in the sandbox: run `kpaas up seoul --sandbox`/);
    }
  });

  it("renews certificates, all of them or those that end soon", async () => {
    const project = await up();
    const before = clusterFile(project).certificates.apiserver.notAfter;
    writeFileSync(join(project.world, "clock.json"), JSON.stringify({ now: new Date(Date.now() + 100 * 86_400_000).toISOString() }));
    assert.equal((await project.command("cluster renew-certificates seoul --sandbox --yes --within 30")).code, 0);
    assert.equal(clusterFile(project).certificates.apiserver.notAfter, before);
    const no = await project.command("cluster renew-certificates seoul --sandbox", ["n"]);
    assert.deepEqual([no.code, /renew-certificates\.yml --limit cp-1/.test(no.stderr)], [130, true]);
    const { code, stdout, stderr } = await project.command("cluster renew-certificates seoul --sandbox --yes");
    assert.equal(code, 0, stderr);
    assert.match(stderr, /\[1\/1\] renew-certificates\.yml/);
    assert.match(stdout, /renewed; .*\nnext: kpaas refresh seoul --sandbox\n$/);
    assert.notEqual(clusterFile(project).certificates.apiserver.notAfter, before);
    assert.equal((await project.command("cluster renew-certificates seoul --sandbox --yes --within soon")).code, 2);
  });

  it("opens what the sandbox keeps sealed, with the passphrase of the sandbox alone", async () => {
    const project = await up();
    assert.match(readFileSync(join(project.world, "cluster-pki.json"), "utf8"), /^sealed:/);
    const before = process.env.PULUMI_CONFIG_PASSPHRASE;
    process.env.PULUMI_CONFIG_PASSPHRASE = "of the real stacks";
    try {
      const { stdout } = await project.command("cluster health seoul --sandbox --json");
      const { checks } = JSON.parse(stdout);
      assert.deepEqual(checks.find(({ name }: { name: string }) => name === "api")?.status, "ok", stdout);
      assert.equal((await project.command("cluster renew-certificates seoul --sandbox --yes")).code, 0);
      assert.match(readFileSync(join(project.world, "cluster-pki.json"), "utf8"), /^sealed:/);
    } finally {
      if (before === undefined) delete process.env.PULUMI_CONFIG_PASSPHRASE;
      else process.env.PULUMI_CONFIG_PASSPHRASE = before;
    }
  });

  it("tells why a run failed", async () => {
    const project = await up();
    writeFileSync(join(project.world, "faults.json"), JSON.stringify({ kubespray: { failStep: "renew-certificates" } }));
    const { code, stderr } = await project.command("cluster renew-certificates seoul --sandbox --yes");
    assert.equal(code, 1);
    assert.match(stderr, /error step 1 of 1 \(renew-certificates\.yml .*\) failed: .*faults\.json/);
  });

  it("says what this machine lacks before it asks, and looks at the hosts all the same", async () => {
    const project = await up();
    project.kubespray = {
      ...project.played(),
      lacks: ({ spec }) => `kubespray ${spec.kubespray} needs Python 3.10 to 3.12`,
    };
    for (const command of ["backup seoul", "restore seoul --from latest", "renew-certificates seoul"]) {
      const { code, stderr } = await project.command(`cluster ${command} --sandbox`, []);
      assert.deepEqual(
        [code, stderr.split("\n").find((line) => line.startsWith("error"))],
        [1, "error kubespray v2.29.0 needs Python 3.10 to 3.12"],
        command,
      );
    }
    for (const command of ["health seoul", "check seoul", "restore seoul"])
      assert.equal((await project.command(`cluster ${command} --sandbox`)).code, 0, command);
  });

  it("tells in a line why the hosts could not be asked, as no defect of its own", async () => {
    const project = await up({ kpaas_backup: BACKUP });
    const played = project.played();
    const silent = () => Promise.reject(new Error("cp-1: no answer within 60 s"));
    const view = Object.assign(Object.create(played.view), { backups: silent, check: silent, isDone: silent });
    const journal = () => Object.assign(Object.create(played.journal(undefined as never)), { breakFence: silent });
    project.kubespray = { ...played, view, journal };
    for (const command of [
      "restore seoul",
      "restore seoul --from /dev/null --key /dev/null --yes",
      "check seoul",
      "unlock seoul --run one",
    ]) {
      const { code, stderr } = await project.command(`cluster ${command} --sandbox`);
      assert.deepEqual(
        [code, stderr.split("\n").find((line) => line.startsWith("error"))],
        [1, "error cp-1: no answer within 60 s"],
        command,
      );
      assert.doesNotMatch(stderr, /\n +at /, command);
    }
  });

  it("keeps a second run out, until the first has ended or is said to be over", async () => {
    const project = await up();
    const fence = join(project.world, "journal.jsonl.fence");
    writeFileSync(fence, JSON.stringify({ run: "first", owner: thisProcess() }));
    const second = await project.command("cluster renew-certificates seoul --sandbox --yes");
    assert.deepEqual([second.code, /error another run is working on this cluster \(process/.test(second.stderr)], [1, true]);
    const other = await project.command("cluster unlock seoul --sandbox --run other");
    assert.deepEqual([other.code, /no run other holds the cluster of seoul/.test(other.stderr)], [1, true]);
    const { code, stdout } = await project.command("cluster unlock seoul --sandbox --run first --json");
    assert.deepEqual([code, JSON.parse(stdout)], [0, { environment: "seoul", unlocked: "first" }]);
    assert.equal((await project.command("cluster renew-certificates seoul --sandbox --yes")).code, 0);
  });

  it("is let go of on machines too that the run was about to bring in, which nobody has recorded", async () => {
    const project = await up();
    const { inputs, outputs } = project.recorded?.cluster ?? assert.fail();
    const without = (values: typeof outputs) => {
      const { "worker-2": _gone, ...nodes } = values.nodes as Readonly<Record<string, unknown>>;
      return { ...values, nodes };
    };
    project.recorded = { ...project.recorded, cluster: { inputs: without(inputs), outputs: without(outputs) } };
    const places: JournalPlace[] = [];
    const played = project.played();
    const journal = (place: JournalPlace) => {
      places.push(place);
      return Object.assign(Object.create(played.journal(place)), { breakFence: async () => true });
    };
    project.kubespray = { ...played, view: played.view, journal };
    assert.equal((await project.command("cluster unlock seoul --sandbox --run first")).code, 0);
    assert.ok(places[0]?.machines["worker-2"], Object.keys(places[0]?.machines ?? {}).join());
    assert.equal((await project.command("cluster unlock seoul --sandbox --run=")).code, 2);
  });

  it("is fit, as far as its hosts tell", async () => {
    const { code, stdout } = await (await up()).command("cluster check seoul --sandbox --json");
    assert.deepEqual([code, JSON.parse(stdout)], [0, { environment: "seoul", fit: true, findings: [] }]);
  });

  it("is well, or tells what is not and ends with 1", async () => {
    const project = await up();
    const well = await project.command("cluster health seoul --sandbox");
    assert.equal(well.code, 0, well.stdout);
    assert.match(well.stdout, /^etcd +ok +its one member is healthy$/m);
    assert.match(well.stdout, /\nseoul is healthy: 1 to be seen to\n$/, "no backups are made");
    const file = clusterFile(project);
    file.nodes["worker-1"].ready = false;
    writeFileSync(join(project.world, "cluster.json"), JSON.stringify(file));
    writeFileSync(join(project.world, "clock.json"), JSON.stringify({ now: "2099-01-01T00:00:00Z" }));
    const { code, stdout } = await project.command("cluster health seoul --sandbox --json");
    const said = JSON.parse(stdout);
    assert.deepEqual([code, said.healthy, said.nodes["worker-1"].ready], [1, false, false]);
    const bad = said.checks.filter(({ status }: { status: string }) => status === "bad");
    assert.deepEqual(
      bad.map(({ name }: { name: string }) => name),
      // Certificates that a renewal makes anew, and authorities, which none does.
      ["nodes", "certificates", "certificates"],
    );
    rmSync(join(project.world, "cluster.json"));
    const gone = await project.command("cluster health seoul --sandbox");
    assert.equal(gone.code, 1);
    assert.match(gone.stdout, /^api +bad +no control plane carries a cluster/m);
  });

  it("makes backups where the file asks for them, keeps so many, and goes back to one", async () => {
    const without = await (await up()).command("cluster backup seoul --sandbox");
    assert.equal(without.code, 3);
    assert.match(without.stderr, /cluster\.backups\.etcd: the cluster makes no backups/);

    const project = await up({ kpaas_backup: BACKUP });
    const object = join(project.world, "kubernetes", "ConfigMap", "one.json");
    const names: string[] = [];
    for (const day of [1, 2, 3]) {
      writeWhole(object, `day ${day}`);
      writeFileSync(join(project.world, "clock.json"), JSON.stringify({ now: `2030-01-0${day}T00:00:00Z` }));
      const { code, stdout } = await project.command("cluster backup seoul --sandbox --json");
      assert.equal(code, 0, stdout);
      names.push(JSON.parse(stdout).backups.names.at(-1));
    }
    const listed = JSON.parse((await project.command("cluster restore seoul --sandbox --json")).stdout);
    assert.deepEqual(listed.backups, { names: names.slice(1), lastSuccess: "2030-01-03T00:00:00.000Z" });

    writeWhole(object, "later");
    const slip = await project.command(`cluster restore seoul --sandbox --yes --from ${names[1]}x --key nowhere`);
    assert.equal(slip.code, 2);
    assert.match(slip.stderr, new RegExp(`--from.*did you mean ${names[1]}\\?[^]*|--key.*no such file`));
    assert.equal((slip.stderr.match(/^error /gm) ?? []).length, 2, "all problems at once");
    const no = await project.command("cluster restore seoul --sandbox --from latest", ["y"]);
    assert.deepEqual([no.code, readFileSync(object, "utf8")], [130, "later"]);
    assert.match(no.stderr, /lost by going back to etcd-20300103T000000Z:\n.*all that was written/);
    const done = await project.command(`cluster restore seoul --sandbox --from ${names[1]}`, ["seoul"]);
    assert.equal(done.code, 0, done.stderr);
    assert.equal(readFileSync(object, "utf8"), "day 2");
  });

  it("makes a cluster anew from a backup where all of it is gone", async () => {
    const project = await up({ kpaas_backup: BACKUP });
    const object = join(project.world, "kubernetes", "ConfigMap", "one.json");
    writeWhole(object, "kept");
    assert.equal((await project.command("cluster backup seoul --sandbox")).code, 0);
    const { uid } = clusterFile(project);
    const pki = readFileSync(join(project.world, "cluster-pki.json"), "utf8");
    for (const name of ["cluster.json", "cluster-pki.json", "kubernetes"]) rmSync(join(project.world, name), { recursive: true });
    const { code, stdout, stderr } = await project.command("cluster restore seoul --sandbox --from latest --yes --json");
    assert.equal(code, 0, stderr);
    const { steps } = JSON.parse(stdout);
    assert.deepEqual(steps.map(({ playbook }: { playbook: string }) => playbook).slice(0, 2), ["etcd-restore", "cluster"]);
    assert.deepEqual([clusterFile(project).uid, readFileSync(object, "utf8")], [uid, "kept"]);
    assert.equal(readFileSync(join(project.world, "cluster-pki.json"), "utf8"), pki);
  });

  it("goes on with a restore that broke off, wherever it did, and calls no half of it a cluster", async () => {
    for (const failStep of ["cluster", "etcd-backup"]) {
      const project = await up({ kpaas_backup: BACKUP });
      const object = join(project.world, "kubernetes", "ConfigMap", "one.json");
      writeWhole(object, "kept");
      assert.equal((await project.command("cluster backup seoul --sandbox")).code, 0);
      for (const name of ["cluster.json", "kubernetes"]) rmSync(join(project.world, name), { recursive: true });
      writeFileSync(join(project.world, "faults.json"), JSON.stringify({ kubespray: { failStep, times: 1 } }));
      const restore = "cluster restore seoul --sandbox --from latest --yes --json";
      assert.equal((await project.command(restore)).code, 1);
      const between = await project.command("cluster health seoul --sandbox");
      assert.deepEqual([between.code, /^backups +bad +the restore of \S+ was begun and has not ended/m.test(between.stdout)], [1, true]);
      for (const other of ["cluster backup seoul --sandbox", "cluster renew-certificates seoul --sandbox --yes"]) {
        const refused = await project.command(other);
        assert.deepEqual([refused.code, /nothing was begun.*\n.*\(restore\): the restore of \S+ was/.test(refused.stderr)], [1, true]);
      }
      const { code, stdout, stderr } = await project.command(restore);
      assert.equal(code, 0, stderr);
      const { steps, lost } = JSON.parse(stdout);
      assert.deepEqual(
        steps.map(({ playbook }: { playbook: string }) => playbook),
        ["etcd-restore", "cluster", "etcd-restore", "etcd-backup", "etcd-restore"],
      );
      assert.match(lost.join("\n"), /since the restore of \S+ was begun/);
      assert.equal(readFileSync(object, "utf8"), "kept");
      assert.equal((await project.command("cluster health seoul --sandbox")).code, 0);
    }
  });
});
