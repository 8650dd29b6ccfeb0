import assert from "node:assert/strict";
import { secret } from "@pulumi/pulumi";
import fc from "fast-check";
import { ingressNginxValues } from "../../../components/platform/ingress-nginx/values";
import { mariadbBackup } from "../../../components/platform/mariadb/backup";
import { accountsSql } from "../../../components/platform/mariadb/sql";
import { rangeWithout } from "../../../components/platform/metallb/values";
import { imageParts, repositoryAndTag } from "../../../components/platform/objects";
import { PORTAL_APPS } from "../../../components/platform/portal/apps";
import { portalTables } from "../../../components/platform/portal/schema";
import { services } from "../../../components/platform/services";
import { mergeValues } from "../../../components/platform/values";
import { partsOf } from "../../../model/backup";
import { backupOf, backupScope } from "../../../model/backup-scope";
import { formatAddress, parseAddress, parseRange } from "../../../model/ipv4";
import { catalogService } from "../../../model/plan/service";
import type { ServicePlan } from "../../../model/plan/types";
import type { ServiceDefinition } from "../../../model/service";

describe("image references", () => {
  it("are split into registry, path, tag and digest, ports included", () => {
    assert.deepEqual(imageParts("quay.io/metallb/speaker:v0.14.9"), {
      registry: "quay.io",
      path: "metallb/speaker",
      tag: "v0.14.9",
      digest: "",
    });
    assert.deepEqual(imageParts("r.intra:5000/a/b:1@sha256:ab"), { registry: "r.intra:5000", path: "a/b", tag: "1", digest: "sha256:ab" });
    assert.deepEqual(repositoryAndTag("r.intra:5000/a/b:1@sha256:ab"), { repository: "r.intra:5000/a/b", tag: "1@sha256:ab" });
    assert.throws(() => imageParts("mariadb"), /no full image reference/);
  });
});

describe("an ingress behind a balancer of the cloud's", () => {
  it("has the balancer's addresses as its own, the one outside too where packets are handed on as they came", () => {
    const args = {
      ...{
        plan: catalogService(services.ingress, {}),
        className: "nginx",
        address: "10.20.0.200",
        sourceRanges: [],
        podCidr: "10.233.64.0/18",
      },
      nodePorts: { http: 30080, https: 30443 },
    };
    const service = (more: { publicAddress?: string }) =>
      (ingressNginxValues({ ...args, ...more }, false).controller as { service: Record<string, unknown> }).service;
    assert.deepEqual(service({}).externalIPs, ["10.20.0.200"]);
    const { type, externalIPs, externalTrafficPolicy } = service({ publicAddress: "198.51.100.7" });
    assert.deepEqual([type, externalIPs, externalTrafficPolicy], ["NodePort", ["10.20.0.200", "198.51.100.7"], "Local"]);
  });
});

describe("MetalLB's primary range", () => {
  it("is the whole range but the addresses that are kept out of it, in ascending parts", () => {
    const base = parseAddress("10.20.0.0") ?? 0;
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), fc.array(fc.nat(80), { maxLength: 5 }), (start, size, taken) => {
        const range = { first: formatAddress(base + start), last: formatAddress(base + start + size) };
        const addresses = taken.map((each) => formatAddress(base + each));
        const parts = rangeWithout(range, addresses).map((part) => parseRange(part)!);
        const covered = parts.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
        const wanted = Array.from({ length: size + 1 }, (_, i) => base + start + i).filter((value) => !taken.includes(value - base));
        assert.deepEqual(covered, wanted);
      }),
    );
  });
});

describe("Helm values", () => {
  it("merge maps and replace lists, scalars and outputs", () => {
    const merged = mergeValues({ a: { b: 1, c: [1, 2] }, d: { e: 1 } }, { a: { c: [3], x: null }, d: 2 });
    assert.deepEqual(merged, { a: { b: 1, c: [3], x: null }, d: 2 });
    const hidden = secret("x");
    assert.equal(mergeValues({ a: { b: 1 } }, { a: hidden }).a, hidden);
  });

  it("give way where Kubernetes takes one of two keys only", () => {
    const ours = { budget: { enabled: true, maxUnavailable: 1 }, image: { tag: "1", digest: "sha256:a" } };
    assert.deepEqual(mergeValues(ours, { budget: { minAvailable: 2 } }).budget, { enabled: true, minAvailable: 2 });
    assert.deepEqual(mergeValues(ours, { budget: { minAvailable: null } }).budget, {
      enabled: true,
      maxUnavailable: 1,
      minAvailable: null,
    });
    assert.deepEqual(mergeValues(ours, { image: { tag: "2" } }).image, { tag: "2" });
    assert.deepEqual(mergeValues(ours, { image: { repository: "r" } }).image, { tag: "1", digest: "sha256:a", repository: "r" });
  });

  it("are left as they are by nothing, and by themselves", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (values) => {
        const own = Object.fromEntries(Object.entries(values).filter(([key]) => key !== "__proto__"));
        assert.deepEqual(mergeValues(own, {}), own);
        assert.deepEqual(mergeValues(own, own), own);
      }),
    );
  });
});

describe("the SQL of schemas and accounts", () => {
  it("makes databases before accounts, accounts before rights, and reads of others last", () => {
    const sql = accountsSql(
      [
        { schema: "one", user: "a" },
        { schema: "two", user: "b", reads: [{ schema: "one", table: "T_X", columns: ["ID"] }] },
      ],
      { a: "pa", b: "pb" },
    );
    const order = [
      "CREATE DATABASE IF NOT EXISTS `two`",
      "CREATE USER IF NOT EXISTS 'a'@'%'",
      "REVOKE ALL PRIVILEGES, GRANT OPTION FROM 'b'@'%'",
      "ON `two`.* TO 'b'@'%'",
      "CREATE TABLE IF NOT EXISTS `one`.`T_X`",
      "GRANT SELECT (`ID`) ON `one`.`T_X` TO 'b'@'%'",
      "DROP TABLE `one`.`T_X`",
    ];
    const positions = order.map((text) => sql.indexOf(text));
    assert.ok(positions.every((position) => position >= 0));
    assert.deepEqual(
      positions,
      [...positions].sort((a, b) => a - b),
    );
  });

  it("gives no account a right over the server, over other accounts, or to pass rights on", () => {
    const sql = accountsSql([{ schema: "one", user: "a" }], { a: "p" });
    const given = sql.split("\n").filter((line) => line.startsWith("GRANT"));
    for (const line of given) {
      assert.doesNotMatch(line, /ON \*\.\*|ALL PRIVILEGES|CREATE USER|SUPER|FILE|RELOAD|PROCESS|GRANT OPTION/);
      assert.match(line, / ON `one`\.\* TO 'a'@'%';$/);
    }
    assert.equal(given.length, 1);
  });

  it("gives an account beside a schema's owner the tables that it names, and nothing else", () => {
    const beside = { schema: "one", user: "a_b", openly: true, tableRights: { t: ["SELECT", "INSERT"], u: ["SELECT"] } } as const;
    const sql = accountsSql([{ schema: "one", user: "a" }, beside], { a: "p", a_b: "q" }, { tls: true });
    assert.deepEqual(
      sql.split("\n").filter((line) => /^GRANT.*'a_b'/.test(line)),
      ["GRANT SELECT, INSERT ON `one`.`t` TO 'a_b'@'%';", "GRANT SELECT ON `one`.`u` TO 'a_b'@'%';"],
    );
    assert.equal(sql.match(/CREATE DATABASE/g)?.length, 1);
    assert.match(sql, /'a_b'@'%' IDENTIFIED BY 'q';\n/, "it is let in without TLS, and the owner is not");
    assert.match(sql, /'a'@'%' IDENTIFIED BY 'p' REQUIRE SSL;/);
  });

  it("demands TLS of the accounts that it makes, and of none that is there already", () => {
    const lines = (spec: object, tls = true) => accountsSql([{ schema: "s", user: "u", ...spec }], { u: "p" }, { tls }).split("\n");
    const [made, changed] = ["CREATE USER IF NOT EXISTS 'u'@'%' IDENTIFIED BY 'p'", "ALTER USER 'u'@'%' IDENTIFIED BY 'p'"];
    assert.ok(lines({}).includes(`${made} REQUIRE SSL;`) && lines({}).includes(`${changed};`));
    assert.ok(lines({ rotation: 2 }).includes("CREATE USER IF NOT EXISTS 'u_2'@'%' IDENTIFIED BY 'p' REQUIRE SSL;"));
    assert.ok(lines({}, false).includes(`${made};`));
    assert.ok(lines({ openly: true }).includes(`${made};`) && lines({ openly: true }).includes(`${changed} REQUIRE NONE;`));
  });

  it("keeps any password inside its quotes", () => {
    fc.assert(
      fc.property(fc.string(), (password) => {
        const line = accountsSql([{ schema: "s", user: "u" }], { u: password });
        const quoted = /CREATE USER IF NOT EXISTS 'u'@'%' IDENTIFIED BY '((?:[^'\\]|\\[\s\S])*)';/.exec(line)?.[1];
        assert.equal(quoted?.replace(/\\([\s\S])/g, "$1"), password);
      }),
    );
  });

  it("refuses names that would need quoting", () => {
    const reads = (table: string) => [{ schema: "o", table, columns: ["ID"] }];
    assert.throws(() => accountsSql([{ schema: "a`b", user: "u" }], { u: "p" }), /no name of a schema/);
    assert.throws(() => accountsSql([{ schema: "a", user: "u", reads: reads("T`") }], { u: "p" }), /no name of a table/);
    assert.throws(() => accountsSql([{ schema: "a", user: "u'" }], { "u'": "p" }), /no account name/);
    assert.throws(() => accountsSql([{ schema: "a", user: "u" }], {}), /No password/);
    assert.throws(() => portalTables({ id: "x'y", name: "n", provider: "AWS" }), /no name for the portal/);
  });

  it("bears repetition: every statement of the portal makes what is missing only", () => {
    for (const statement of portalTables({ id: "seoul", name: "seoul", provider: "OPENSTACK" })) {
      assert.match(statement, /^(CREATE TABLE IF NOT EXISTS|INSERT IGNORE INTO) cp_/);
      assert.ok(!statement.includes(";"));
    }
  });
});

describe("the portal's applications", () => {
  it("have names, ports and paths of their own", () => {
    const columns: readonly (readonly unknown[])[] = [
      PORTAL_APPS.map(({ name }) => name),
      PORTAL_APPS.map(({ port }) => port),
      PORTAL_APPS.flatMap(({ path }) => path ?? []),
    ];
    for (const values of columns) {
      assert.equal(new Set(values).size, values.length);
    }
  });
});

describe("what services keep", () => {
  const defined = Object.values<ServiceDefinition>(services);

  it("is backed up as each that keeps data says, or it says why not", () => {
    for (const { name, keeps, backup } of defined) if (keeps === "data") assert.ok(backup, name);
  });

  it("is nowhere else where its key is kept elsewhere", () => {
    const kindOf = (options: object) => backupOf({ options } as ServicePlan, services.openbao)?.kind;
    assert.deepEqual([kindOf({}), kindOf({ seal: { kind: "static" } }), kindOf({ seal: { kind: "awskms" } })], ["pod", "pod", "none"]);
  });

  it("lets nobody in after a restore who has a successor by now", () => {
    const ended = (name: "mariadb" | "openbao", rotation?: number, keycloak = "26.4.0") => {
      const plans = [services.mariadb, services.keycloak, services.openbao].map((each) => ({
        ...catalogService(each, {}),
        ...(each === services.keycloak ? { version: keycloak } : {}),
        ...(rotation === undefined ? {} : { rotation }),
      }));
      return backupScope("seoul", plans, services, [name]).services.flatMap(({ after }) => after.map(({ ends }) => ends));
    };
    assert.deepEqual([ended("mariadb"), ended("openbao"), ended("mariadb", 2, "25.0.0")], [[], [], []]);
    assert.deepEqual(ended("mariadb", 3), ["Keycloak's administrators kpaas-admin, kpaas-admin-2"]);
    assert.deepEqual(ended("openbao", 2), ["OpenBao's secret ids of before the last exchange"]);
  });

  it("can be that of a service of a program's own", () => {
    const own = { ...services.mariadb, name: "postgresql", backup: { ...mariadbBackup, dump: "pg_dump" } };
    const plan = { ...catalogService(services.mariadb, {}), name: "postgresql" };
    const { services: found, problems } = backupScope("seoul", [plan], { postgresql: own });
    assert.deepEqual([found.flatMap(({ how }) => partsOf(how).map(({ dump }) => dump)), problems], [["pg_dump"], []]);
  });
});
