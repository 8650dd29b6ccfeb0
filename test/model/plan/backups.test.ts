import assert from "node:assert/strict";
import { cronProblem } from "../../../model/cron";
import { backupSecrets } from "../../../model/plan/backups";
import { ED25519, ELLIPTIC, RSA, SHORT_RSA } from "../../support/certificates";
import { environmentFile, planFile, plannedFile } from "../../support/environment";

const etcd = (over: Record<string, unknown> = {}) => environmentFile({ cluster: { backups: { etcd: { encryptTo: RSA, ...over } } } });
const keys = { accessKey: { env: "A" }, secretKey: { vault: "s3#secret" } };

describe("backups of etcd", () => {
  it("reach the playbooks as one variable, with everything that has a default", () => {
    const settings = (over: Record<string, unknown>) => plannedFile(etcd(over)).plan.cluster.variables.kpaas_backup;
    const plain = { name: "demo", schedule: "0 */6 * * *", keep: 28, encrypt_to: RSA };
    assert.deepEqual(settings({}), { ...plain, to: { local: { path: "/var/backups/kpaas-etcd" } } });
    assert.deepEqual(
      settings({ schedule: "30 2 * * 1-5", keep: 7, encryptTo: ELLIPTIC, to: { nfs: { server: "nas.intra", path: "/b" } } }),
      {
        name: "demo",
        schedule: "30 2 * * 1-5",
        keep: 7,
        encrypt_to: ELLIPTIC,
        to: { nfs: { server: "nas.intra", path: "/b" } },
      },
    );
    assert.deepEqual(settings({ to: { s3: { bucket: "seoul-etcd", region: "ap-northeast-2", ...keys } } }), {
      ...plain,
      to: {
        s3: {
          bucket: "seoul-etcd",
          prefix: "demo",
          endpoint: "https://s3.ap-northeast-2.amazonaws.com",
          region: "ap-northeast-2",
          access_key: keys.accessKey,
          secret_key: keys.secretKey,
        },
      },
    });
  });

  it("are none where the file says nothing, and nothing of them reaches kubespray by hand", () => {
    assert.ok(!("kpaas_backup" in plannedFile(environmentFile()).plan.cluster.variables));
    for (const name of ["kpaas_backup", "kpaas_endpoint", "kpaas_anything"]) {
      const { problems } = planFile(environmentFile({ cluster: { variables: { [name]: {} } } }));
      assert.ok(
        problems.some(({ path, severity }) => path === `cluster.variables.${name}` && severity === "error"),
        name,
      );
    }
  });

  it("have a way to where they are kept", () => {
    const ways = (to: unknown) => plannedFile(etcd({ to })).plan.flows.filter(({ reason }) => reason === "backups of etcd");
    const flow = { from: "control-plane", protocol: "tcp", reason: "backups of etcd" };
    assert.deepEqual(ways("local"), []);
    assert.deepEqual(ways({ nfs: { server: "10.20.9.9", path: "/b" } }), [{ ...flow, to: "cidr:10.20.9.9/32", ports: [2049] }]);
    assert.deepEqual(ways({ s3: { bucket: "abc", ...keys } }), []);
    const own = { bucket: "abc", endpoint: "http://minio.intra:9000", ...keys };
    assert.deepEqual(ways({ s3: own }), [{ ...flow, to: "cidr:0.0.0.0/0", ports: [9000] }]);
  });

  it("never show the private key that was written in place of the certificate", () => {
    const key = "-----BEGIN PRIVATE KEY-----\ncanary-secret\n-----END PRIVATE KEY-----\n";
    const { problems } = planFile(etcd({ encryptTo: key, to: { nfs: { server: key, path: key } } }));
    const paths = problems.filter(({ severity }) => severity === "error").map(({ path }) => path);
    assert.deepEqual(
      paths,
      ["encryptTo", "to.nfs.path", "to.nfs.server"].map((field) => `cluster.backups.etcd.${field}`),
    );
    assert.ok(!JSON.stringify(problems).includes("canary-secret"));
  });

  it("are warned of on the hosts alone, and refused in each wrong part at its field", () => {
    const problems = (over: Record<string, unknown>) => planFile(etcd(over)).problems.map(({ path, severity }) => `${severity} ${path}`);
    const field = "cluster.backups.etcd";
    assert.deepEqual(problems({}), [`warning ${field}.to`]);
    const elsewhere = { nfs: { server: "nas.intra", path: "/b" } };
    const wrong: readonly (readonly [Record<string, unknown>, string])[] = [
      [{ schedule: "hourly" }, "schedule"],
      [{ keep: 0 }, "keep"],
      [{ encryptTo: undefined }, "encryptTo"],
      [{ encryptTo: "ssh-ed25519 AAAA" }, "encryptTo"],
      [{ encryptTo: RSA.replace("CERTIFICATE", "PRIVATE KEY") }, "encryptTo"],
      [{ encryptTo: RSA.replace("MII", "AII") }, "encryptTo"],
      [{ encryptTo: ED25519 }, "encryptTo"],
      [{ encryptTo: SHORT_RSA }, "encryptTo"],
      [{ to: { nfs: { server: "10.20.999.1", path: "/b" } } }, "to.nfs.server"],
      [{ to: { nfs: { server: "nas.intra", path: "b" } } }, "to.nfs.path"],
      [{ to: { s3: { bucket: "No_Bucket", ...keys } } }, "to.s3.bucket"],
      [{ to: { s3: { bucket: "abc", endpoint: "minio:9000", ...keys } } }, "to.s3.endpoint"],
      [{ to: { s3: { bucket: "abc", ...keys, secretKey: "in-clear" } } }, "to.s3.secretKey"],
      [{ to: { s3: { bucket: "abc", ...keys, accessKey: undefined } } }, "to.s3.accessKey"],
    ];
    for (const [over, path] of wrong) {
      const found = problems({ to: elsewhere, ...over }).filter((each) => each.startsWith("error"));
      assert.deepEqual(found, [`error ${field}.${path}`], JSON.stringify(over));
      assert.ok(!JSON.stringify(planFile(etcd(over)).problems).includes("in-clear"));
    }
  });

  it("have their secrets at fields of the file", () => {
    const { variables } = plannedFile(etcd({ to: { s3: { bucket: "abc", ...keys } } })).plan.cluster;
    for (const path of Object.keys(backupSecrets)) {
      const found = path.split(".").reduce<unknown>((value, step) => (value as Record<string, unknown>)[step], variables);
      assert.ok(found, path);
    }
  });
});

describe("a schedule", () => {
  it("is what a crontab takes in numbers", () => {
    for (const text of ["0 */6 * * *", "*/15 * * * *", "0,30 1-5 1,15 * 0-7", "59 23 31 12 7", "0-30/10 2 * * *"])
      assert.equal(cronProblem(text), undefined, text);
    for (const text of [
      "",
      "* * * *",
      "* * * * * *",
      "60 * * * *",
      "* 24 * * *",
      "* * 0 * *",
      "* * * 13 *",
      "* * * * 8",
      "5-1 * * * *",
      "*/0 * * * *",
      "5/2 * * * *",
      "@daily",
      "0 0 * jan *",
      " 0 0 * * *",
      "1,,2 * * * *",
    ])
      assert.ok(cronProblem(text), text);
  });
});

describe("volumes of a pool", () => {
  const pool = (...volumes: Record<string, unknown>[]) =>
    environmentFile({ cluster: { pools: { worker: { nodes: 1, volumes: volumes.map((each) => ({ sizeGiB: 10, ...each })) } } } });

  it("are told to their host where they are mounted, and nowhere else", () => {
    const { plan } = plannedFile(
      pool({ name: "raw" }, { name: "data", mount: "/data" }, { name: "images", mount: "/var/lib/containers", fileSystem: "xfs" }),
    );
    assert.deepEqual(plan.cluster.nodes["worker-1"]?.volumes, [
      { name: "data", device: "/dev/vdc", mount: "/data", fileSystem: "ext4" },
      { name: "images", device: "/dev/vdd", mount: "/var/lib/containers", fileSystem: "xfs" },
    ]);
    assert.deepEqual(plan.inventory._meta.hostvars["worker-1"]?.kpaas_volumes, [
      { name: "data", device: "/dev/vdc", mount: "/data", file_system: "ext4" },
      { name: "images", device: "/dev/vdd", mount: "/var/lib/containers", file_system: "xfs" },
    ]);
    assert.ok(!("volumes" in (plannedFile(pool({ name: "raw" })).plan.cluster.nodes["worker-1"] ?? {})));
  });

  it("are mounted at folders of their own", () => {
    const wrong = (...volumes: Record<string, unknown>[]) => planFile(pool(...volumes)).problems.map(({ path }) => path);
    assert.deepEqual(wrong({ name: "a", fileSystem: "xfs" }), ["cluster.pools.worker.volumes.0.fileSystem"]);
    assert.deepEqual(wrong({ name: "a", mount: "/usr/local" }), ["cluster.pools.worker.volumes.0.mount"]);
    assert.deepEqual(wrong({ name: "a", mount: "data" }), ["cluster.pools.worker.volumes.0.mount"]);
    assert.deepEqual(wrong({ name: "a", mount: "/d" }, { name: "b", mount: "/d" }), ["cluster.pools.worker.volumes.1.mount"]);
    assert.deepEqual(wrong({ name: "a", mount: "/d", fileSystem: "btrfs" }), ["cluster.pools.worker.volumes.0.fileSystem"]);
  });
});
