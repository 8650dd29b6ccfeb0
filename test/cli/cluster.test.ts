import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PlayedProject } from "../support/cluster-command";
import { temporaryFolders } from "../support/temporary";
import { command } from "./fixture";

const TEXT = `name: seoul
profile: minimal
infrastructure:
  provider: openstack
cluster:
  controlPlane: { nodes: 3 } # odd
  pools:
    general:
      nodes: 2 # by number
    db:
      nodes:
        db-a: {}
        db-b:
`;

const EXISTING = `name: seoul
profile: minimal
infrastructure:
  provider: existing
  network: { cidr: 10.0.0.0/24 }
  access: { ssh: { privateKey: { env: KEY } } }
  existing:
    nfs: cp-1
    hosts: { cp-1: { address: 10.0.0.11 }, worker-1: { address: 10.0.0.12 } }
cluster:
  controlPlane: { nodes: { cp-1: {} } }
  pools: { general: { nodes: { worker-1: {} } } }
platform:
  loadBalancer: { kind: metallb, range: 10.0.0.200-10.0.0.210 }
`;

describe("kpaas cluster", () => {
  const folder = temporaryFolders();
  const project = (text = TEXT) => new PlayedProject(folder(), text);

  it("explains itself, and names its commands", async () => {
    const help = await command(["cluster", "--help"]);
    assert.equal(help.code, 0);
    for (const name of ["steps", "upgrade", "replace-node"]) assert.match(help.stdout, new RegExp(`^  ${name} `, "m"));
    const slip = await command(["cluster", "step", "seoul"]);
    assert.deepEqual([slip.code, slip.stderr.split("\n").at(-2)], [2, "next: kpaas cluster --help"]);
    const wrong = await command(["cluster", "steps", "seoul", "--nonsense"]);
    assert.deepEqual([wrong.code, wrong.stderr.split("\n").at(-2)], [2, "next: kpaas cluster steps --help"]);
  });

  describe("steps", () => {
    it("lists what makes a cluster that is not there yet", async () => {
      const { code, stdout } = await project().command("cluster steps seoul --json");
      const said = JSON.parse(stdout);
      assert.deepEqual([code, said.environment, said.recorded, said.refused], [0, "seoul", null, []]);
      const create = said.steps.find((step: { playbook: string }) => step.playbook === "cluster");
      assert.deepEqual(
        [create.hosts, create.quorum, create.workloads],
        [7, "begins: 3 members, of which 1 may fail", "none are there yet"],
      );
      assert.match(create.endpoint, /^begins at 10\./);
      assert.equal(create.minutes.basis, "published");
    });

    it("lists the change of a file, and nothing where there is none", async () => {
      const seoul = project();
      seoul.bringUp();
      assert.match((await seoul.command("cluster steps seoul")).stdout, /the next `up` runs no playbook\n$/);
      seoul.write(TEXT.replace("nodes: 2", "nodes: 3"));
      const { stdout } = await seoul.command("cluster steps seoul --json");
      const steps: { playbook: string; limit: string[]; quorum: string; endpoint: string }[] = JSON.parse(stdout).steps;
      const scale = steps.find(({ playbook }) => playbook === "scale");
      assert.deepEqual([scale?.limit, scale?.quorum, scale?.endpoint], [["general-3"], "untouched", "answers"]);
    });

    it("is refused as `up` is, with the approval that lets it through", async () => {
      const seoul = project(TEXT.replace("    db:\n", "    db:\n      volumes: [{ name: data, sizeGiB: 10 }]\n"));
      seoul.bringUp();
      const replaced = await seoul.command("cluster replace-node seoul db-a --yes");
      const [, approval = ""] = /needs an approval: .*\n?.*--approve (\S+)/.exec(replaced.stdout) ?? [];
      assert.match(approval, /^db-a:rebuild@/);
      const refused = await seoul.command("cluster steps seoul");
      assert.deepEqual([refused.code, refused.stderr.includes(approval)], [3, true]);
      const { code, stdout } = await seoul.command(`cluster steps seoul --approve ${approval}`);
      assert.equal(code, 0);
      assert.match(stdout, /remove-node\.yml -e node=db-a/);
      assert.match(stdout, /approved: .*\(db-a:rebuild@/);
    });
  });

  describe("upgrade", () => {
    it("changes the version in file and lock and shows the ladder there", async () => {
      const seoul = project();
      seoul.bringUp();
      const { code, stdout } = await seoul.command("cluster upgrade seoul --to v1.34 --yes --json");
      const said = JSON.parse(stdout);
      assert.equal(code, 0, stdout);
      const [field] = said.fields;
      assert.equal(field.path, "cluster.kubernetes");
      assert.match(field.becomes, /^1\.34\.\d+$/);
      assert.deepEqual(said.recorded, { kubernetes: "1.33.5", kubespray: "v2.29.0" });
      assert.equal(said.ladder.at(-1).kubernetes, field.becomes);
      assert.ok(said.steps.some((step: { playbook: string }) => step.playbook === "upgrade-cluster"));
      assert.equal(seoul.text(), `${TEXT.trimEnd()}\n  kubernetes: "${field.becomes}"\n`);
      assert.match(readFileSync(seoul.lockFile, "utf8"), new RegExp(`kubernetes: ${field.becomes}`));
      const again = await seoul.command(`cluster upgrade seoul --to ${field.becomes} --yes`);
      assert.match(again.stdout, /says so already: .*nothing was changed/);
    });

    it("asks, and changes nothing where the answer is no or nobody can be asked", async () => {
      const seoul = project();
      const no = await seoul.command("cluster upgrade seoul --to 1.33.7", ["n"]);
      assert.deepEqual([no.code, seoul.text()], [130, TEXT]);
      assert.match(no.stderr, /\+ cluster\.kubernetes: 1\.33\.7/);
      assert.deepEqual([(await seoul.command("cluster upgrade seoul --to 1.33.7")).code, seoul.text()], [2, TEXT]);
      const yes = await seoul.command("cluster upgrade seoul --to 1.33.7", ["y"]);
      assert.deepEqual([yes.code, seoul.plan.cluster.kubernetes], [0, "1.33.7"]);
      assert.match(yes.stdout, /next: kpaas up seoul\n$/);
    });

    it("refuses what is unknown with the nearest, and what is behind", async () => {
      const seoul = project();
      seoul.bringUp();
      for (const [to, code, said] of [
        ["9.9.9", 2, /nearest version that one installs is 1\.35\./],
        ["1.34.99", 2, /installed by no kubespray release.*\n.*nearest version that one installs is 1\.34\./],
        ["latest", 2, /neither a version of Kubernetes nor a release/],
        ["1.32.0", 3, /never downgraded \(1\.33\.5 → 1\.32\.0\)/],
      ] as const) {
        const ran = await seoul.command(`cluster upgrade seoul --to ${to} --yes`);
        assert.equal(ran.code, code, `${to}: ${ran.stderr}`);
        assert.match(ran.stderr, said);
      }
      assert.equal(seoul.text(), TEXT);
      seoul.write(TEXT.replace("profile: minimal", "profile: maximal"));
      const both = await seoul.command("cluster upgrade seoul --to 1.99 --yes --json");
      const errors = JSON.parse(both.stdout).problems.filter(({ severity }: { severity: string }) => severity === "error");
      assert.deepEqual(
        errors.map(({ path }: { path: string }) => path),
        ["profile", "--to"],
        "all problems at once",
      );
    });
  });

  describe("replace-node", () => {
    it("raises the generation of the machine, a number becoming the map of its keys", async () => {
      const seoul = project();
      seoul.bringUp();
      const { code, stdout } = await seoul.command("cluster replace-node seoul general-2 --yes --json");
      assert.equal(code, 0, stdout);
      assert.equal(seoul.text(), TEXT.replace("nodes: 2", "nodes: { general-1: {}, general-2: { generation: 2 } }"));
      const said = JSON.parse(stdout);
      assert.match(said.ifLost, /^general-2:lost@/);
      const commands = said.steps.map((step: { playbook: string; nodes: string[] }) => `${step.playbook} ${step.nodes.join()}`);
      assert.deepEqual(commands.slice(-2), ["scale general-2-g2", "remove-node general-2"]);
      const again = await seoul.command("cluster replace-node seoul general-2-g2 --yes");
      assert.equal(again.code, 0, again.stderr);
      assert.match(seoul.text(), /general-2: \{ generation: 3 \}/);
    });

    it("raises it in a map, with or without a value", async () => {
      for (const key of ["db-a", "db-b"]) {
        const seoul = project();
        assert.equal((await seoul.command(`cluster replace-node seoul ${key} --yes`)).code, 0);
        assert.match(seoul.text(), new RegExp(`${key}: \\{ generation: 2 \\}`));
        const { stdout } = await seoul.command(`cluster replace-node seoul ${key} --yes`);
        assert.match(stdout, /~ cluster\.pools\.db\.nodes\.db-.\.generation: 2 → 3/);
      }
    });

    it("refuses what is no machine, with the one that may be meant", async () => {
      const seoul = project();
      const { code, stderr } = await seoul.command("cluster replace-node seoul genral-2 --yes");
      assert.equal(code, 2);
      assert.match(stderr, /there is no machine genral-2\n.*did you mean general-2\?/);
      const nfs = await seoul.command("cluster replace-node seoul nfs-1 --yes");
      assert.deepEqual([nfs.code, seoul.text()], [2, TEXT]);
      assert.equal((await seoul.command("cluster replace-node seoul db-a --with db-c --yes")).code, 2);
      // What is wrong with it comes before the question that nobody is there to answer.
      assert.match((await seoul.command("cluster replace-node seoul genral-2")).stderr, /did you mean general-2\?/);
    });
  });

  describe("import", () => {
    it("refuses files that say nothing of a cluster, both at once, and quotes neither", async () => {
      const seoul = project(EXISTING);
      const secret = 'password: "canary';
      for (const file of ["broken.json", "broken.yaml"]) writeFileSync(join(seoul.root, file), secret);
      writeFileSync(join(seoul.root, "empty.yaml"), "clusters: [{ cluster: { certificate-authority-data: aGk= } }]");
      const refused = async (inventory: string, kubeconfig: string) => {
        const line = `cluster import seoul --inventory ${inventory} --kubeconfig ${kubeconfig} --json`;
        const { code, stdout, stderr } = await seoul.command(line);
        assert.equal(code, 2, stderr);
        assert.doesNotMatch(stdout + stderr, /canary/);
        return JSON.parse(stdout).problems.map(({ path, reason }: { path: string; reason: string }) => `${path}: ${reason}`);
      };
      assert.deepEqual(await refused("none.ini", "none"), [
        "--inventory: there is no such file or folder",
        "--kubeconfig: cannot be read (ENOENT)",
      ]);
      assert.deepEqual(await refused("broken.json", "broken.yaml"), ["--inventory: is no JSON", "--kubeconfig: is no YAML"]);
      assert.deepEqual(await refused("none.json", "empty.yaml"), [
        "--inventory: cannot be read (ENOENT)",
        "--kubeconfig: holds no certificate of an authority",
      ]);
      assert.deepEqual(await refused("none.json", seoul.file), [
        "--inventory: cannot be read (ENOENT)",
        "--kubeconfig: names no authority of a cluster",
      ]);
    });
  });
});
