import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { RealNodes } from "../../dev/nodes/nodes";
import { makeFolder } from "../../host/files";
import { makePair } from "../support/backup";
import { type PlatformOnNodes, platformForTests } from "../support/nodes-platform";
import type { ProjectOnNodes } from "../support/nodes-project";
import type { FileContent } from "../support/plan";

const ADDRESSES = { "cp-1": "10.20.0.2", "worker-1": "10.20.0.3", "worker-2": "10.20.0.4" };
const SHARE = "/srv/kpaas";
const OFF = { metricsServer: false, certManager: false, portal: false };
const PLATFORM: FileContent = {
  storage: { kind: "nfs", server: "10.20.0.1", path: SHARE, className: undefined },
  ingress: { kind: "traefik" },
  services: { ...OFF, postgresql: true, openbao: true },
};
const AS_ROOT = "export MYSQL_PWD=$(cat /etc/kpaas-root/root-password)";
const sql = (statement: string) => `${AS_ROOT}; mariadb -u root -BN -e "${statement}"`;
const psql = (statement: string, database = "postgres") =>
  `PGPASSWORD=$(cat /etc/kpaas-superuser/superuser-password) psql -h /run/postgresql -U postgres -d ${database} -qAtc "${statement}"`;
const BAO = "export BAO_ADDR=https://127.0.0.1:8200 BAO_CACERT=/openbao/tls/ca.crt";
/** Whether OpenBao's inside is brought about by the real provider: else nobody can log in there. */
const BAO_INSIDE = process.env.KPAAS_TEST_VAULT !== undefined;

/** The platform's databases, OpenBao and shared volumes on real kubelets. One story, in order. */
describe("the platform on real machines", function () {
  this.timeout(1_800_000);
  let nodes: RealNodes;
  let laptop: ProjectOnNodes;
  let platform: PlatformOnNodes;
  const write = (content: FileContent = {}) =>
    laptop.write({ controlPlane: ["cp-1"], workers: ["worker-1", "worker-2"] }, { platform: PLATFORM, ...content });
  const up = () => laptop.run("up", "seoul", "--yes", "--layer", "platform");
  const mariadb = (statement: string) => platform.inside("mariadb", "mariadb-0", sql(statement)).then((said) => said.trim());
  const postgres = (statement: string, database?: string) =>
    platform.inside("postgresql", "postgresql-0", psql(statement, database)).then((said) => said.trim());
  /** Logs somebody in at OpenBao by the token of an account, and runs a command as them. */
  const bao = async (role: string, account: string, command: string) => {
    const jwt = await platform.kubectl(`create token ${account} -n openbao --audience openbao`);
    const login = `export BAO_TOKEN=$(bao write -field=token auth/kubernetes/login role=${role} jwt=${jwt})`;
    return (await platform.inside("openbao", "openbao-0", `${BAO}\n${login}\n${command}`)).trim();
  };
  const folders = () => readdirSync(join(nodes.shares, SHARE)).sort();
  const serving = async () => {
    const pods = await platform.kubectl(
      "get pods -A -o jsonpath='{range .items[*]}{.metadata.name}={.status.containerStatuses[0].ready} {end}'",
    );
    return ["mariadb-0", "postgresql-0", "openbao-0"].every((name) => pods.includes(`${name}=true`)) && /keycloak-\S+=true/.test(pods);
  };

  before(async function () {
    platform = await platformForTests.call(this, "platform", ADDRESSES);
    laptop = platform.laptop;
    nodes = laptop.nodes;
    makeFolder(join(nodes.shares, SHARE));
    await nodes.boot(ADDRESSES);
    write();
    await laptop.up();
    await platform.connect();
  });
  after(async () => {
    platform?.stop();
    await nodes?.down();
  });

  it("comes up by `kpaas up`, its data on the share that kubelets mount, and the second one has nothing to do", async () => {
    await up();
    assert.ok(await serving());
    for (const [namespace, name, folder] of [
      ["mariadb", "mariadb", "/var/lib/mysql"],
      ["postgresql", "postgresql", "/var/lib/postgresql/data"],
      ["openbao", "openbao", "/openbao/data"],
    ] as const) {
      const mine = folders().find((each) => each.startsWith(`${namespace}-`)) ?? assert.fail(folders().join());
      await platform.inside(namespace, `${name}-0`, `touch ${folder}/seen`);
      assert.ok(readdirSync(join(nodes.shares, SHARE, mine)).includes("seen"));
      await platform.inside(namespace, `${name}-0`, `rm ${folder}/seen`);
    }
    assert.match(await up(), /no changes/);
  });

  it("lets Keycloak's account into its schema by the Service's name, and nobody by another", async () => {
    await platform.until("Keycloak's stand-in writes", async () => Number(await mariadb("SELECT COUNT(*) FROM keycloak.BEATS")) > 3);
    assert.equal(await mariadb("SELECT DISTINCT BY_USER FROM keycloak.BEATS"), "keycloak@%");
    const refused = "mariadb -h mariadb.mariadb.svc -u root -p$(cat /etc/kpaas-root/root-password) -e 'SELECT 1' 2>&1 || true";
    assert.match(await platform.inside("mariadb", "mariadb-0", refused), /ERROR 1(045|130|698)/);
  });

  it("is backed up, loses its data and has them back", async () => {
    makePair(laptop.root);
    await mariadb("CREATE TABLE keycloak.KEPT (A INT); INSERT INTO keycloak.KEPT VALUES (42)");
    await postgres("CREATE DATABASE kept");
    await postgres("CREATE TABLE kept AS SELECT 42 AS a", "kept");
    if (BAO_INSIDE) {
      const role = "bound_service_account_names=default bound_service_account_namespaces=openbao audience=openbao token_policies=try";
      await bao(
        "kpaas-manager",
        "openbao-kpaas",
        `echo 'path "secret/data/try" { capabilities = ["create", "read", "update"] }' | bao policy write try - && bao write auth/kubernetes/role/try ${role}`,
      );
      await bao("try", "default", "bao kv put secret/try a=42");
    }
    const services = ["mariadb", "postgresql", ...(BAO_INSIDE ? ["openbao"] : [])].flatMap((name) => ["--service", name]);
    assert.match(await laptop.run("backup", "seoul", "--encrypt-to", "crt", ...services), /is made after/);
    await mariadb("DROP TABLE keycloak.KEPT");
    await postgres("DROP DATABASE kept");
    if (BAO_INSIDE) await bao("try", "default", "bao kv put secret/try a=lost");
    await laptop.run("restore", "seoul", "--from", "latest", "--key", "key", "--yes", ...services);
    assert.equal(await mariadb("SELECT A FROM keycloak.KEPT"), "42");
    assert.equal(await postgres("SELECT a FROM kept", "kept"), "42");
    if (BAO_INSIDE) assert.equal(await bao("try", "default", "bao kv get -field=a secret/try"), "42");
    await platform.until("all serve", serving);
  });

  it("exchanges its accounts while Keycloak is connected, and the former one is let in no more", async () => {
    await laptop.run("rotate", "seoul", "--yes");
    await platform.until("the successor writes", async () => (await mariadb("SELECT DISTINCT BY_USER FROM keycloak.BEATS")).includes("_2"));
    const users = await mariadb("SELECT BY_USER FROM keycloak.BEATS ORDER BY AT");
    assert.match(users, /^(keycloak@%\n)+(keycloak_2@%\n?)+$/);
    const locked = await mariadb("SELECT JSON_VALUE(Priv, '$.account_locked') FROM mysql.global_priv WHERE User = 'keycloak'");
    assert.equal(locked, "1");
    assert.equal(await mariadb("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER = 'keycloak'"), "0");
    const gap = "SELECT MAX(TIMESTAMPDIFF(SECOND, WAS, AT)) FROM (SELECT AT, LAG(AT) OVER (ORDER BY AT) WAS FROM keycloak.BEATS) G";
    console.log(`      longest time without a row of Keycloak's: ${await mariadb(gap)} s`);
    assert.match(await up(), /no changes/);
  });

  it("comes back after both workers lose their power: data whole, OpenBao unsealed by itself", async () => {
    const rows = Number(await mariadb("SELECT COUNT(*) FROM keycloak.BEATS"));
    for (const worker of ["worker-1", "worker-2"]) await nodes.powerOff(worker);
    await platform.until("the loss is seen", async () => !/worker-\d +Ready/.test(await platform.kubectl("get nodes --no-headers")), 120);
    await nodes.boot({ "worker-1": ADDRESSES["worker-1"], "worker-2": ADDRESSES["worker-2"] });
    await platform.until("the nodes are back", async () => {
      return (await platform.kubectl("get nodes --no-headers")).match(/worker-\d +Ready/g)?.length === 2;
    });
    await platform.until("all serve", serving, 600);
    assert.ok(Number(await mariadb("SELECT COUNT(*) FROM keycloak.BEATS")) >= rows);
    assert.equal(await mariadb("SELECT A FROM keycloak.KEPT"), "42");
    assert.equal(await postgres("SELECT a FROM kept", "kept"), "42");
    assert.match(await platform.inside("openbao", "openbao-0", `${BAO}\nbao status`), /Sealed +false/);
    if (BAO_INSIDE) assert.equal(await bao("try", "default", "bao kv get -field=a secret/try"), "42");
    assert.match(await up(), /no changes/);
  });

  it("is destroyed: the volumes stay that `retain` names, and nothing else", async () => {
    write({ retain: ["volumes"] });
    const before = folders();
    await laptop.run("destroy", "seoul", "--yes", "--layer", "platform");
    const claims = await platform.kubectl("get pvc -A -o jsonpath='{range .items[*]}{.metadata.namespace} {end}'");
    assert.deepEqual(claims.trim().split(" ").sort(), ["mariadb", "openbao", "postgresql"]);
    assert.deepEqual(folders(), before);
    const namespaces = (await platform.kubectl("get namespaces -o jsonpath={.items[*].metadata.name}")).split(" ");
    const own = /^(default|kube-.*)$/;
    assert.deepEqual(namespaces.filter((name) => !own.test(name)).sort(), ["mariadb", "openbao", "postgresql"]);
    assert.equal(await platform.kubectl("get pods -A --no-headers -o custom-columns=NS:.metadata.namespace | grep -v ^kube- || true"), "");
  });
});
