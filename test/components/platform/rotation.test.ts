import assert from "node:assert/strict";
import type { EnvironmentPlan } from "../../../model/plan/types";
import { rotatedOf } from "../../../model/rotation";
import { kebab } from "../../../model/service";
import { FINISHED_ROTATIONS } from "../../../model/type-tokens";
import type { Graph } from "../../../testing/graph";
import { unwrapSecret } from "../../../testing/mocks";
import { waitsFor } from "../../support/waits";
import { type Build, mariadb, openbao, postgresql, run } from "./builds";
import {
  allServices,
  at,
  CANARY,
  everyServicePlan,
  ofKind,
  ownerOf,
  planOfRelease,
  platformGraph,
  replicated,
  workloads,
} from "./fixtures";

/** What is made at random, but for certificates, which have an end of their own. */
const GENERATED = /^random:index\/random(Password|Bytes):/;

const after = (plan: EnvironmentPlan, rotation: number): EnvironmentPlan => ({
  ...plan,
  services: plan.services.map((each) => ({ ...each, rotation })),
});

/** Names of the generated values of a service, and whether they are made anew. */
function generated(graph: Graph, service: string): readonly (readonly [name: string, anew: boolean])[] {
  return graph.resources
    .filter(({ name, type }) => GENERATED.test(type) && ownerOf(name) === service)
    .map(({ name, inputs }) => [name.slice(`seoul-${kebab(service)}-`.length), inputs.keepers !== undefined]);
}

describe("a service whose secrets are exchanged", () => {
  const plans = { "one each": everyServicePlan(), several: replicated(everyServicePlan()), "of 1.6.2": planOfRelease("1.6.2") };
  const graphs = new Map<string, { readonly first: Graph; readonly second: Graph; readonly plan: EnvironmentPlan }>();
  before(async () => {
    for (const [title, plan] of Object.entries(plans))
      graphs.set(title, { plan, first: await platformGraph(plan), second: await platformGraph(after(plan, 2)) });
  });
  const each = (look: (found: { first: Graph; second: Graph; plan: EnvironmentPlan }) => void) => {
    for (const found of graphs.values()) look(found);
  };

  it("says of everything that is generated for it whether it is made anew, and makes nothing else so", () =>
    each(({ first, second, plan }) => {
      for (const service of plan.services) {
        const definition = Object.values(allServices).find(({ name }) => name === service.name) ?? assert.fail(service.name);
        const kinds = rotatedOf(service, definition);
        const made = generated(second, service.name);
        assert.ok(made.length === 0 || kinds.length > 0, `${service.name} says in \`rotates\` how what is generated is exchanged`);
        // Without anybody who takes of it a database of several members has no account.
        if (made.length === 0) continue;
        assert.equal(
          made.some(([, anew]) => anew),
          kinds.some(({ how, secret }) => how !== "never" && !secret.includes("AppRole")),
          service.name,
        );
        const kept = made
          .filter(([, anew]) => !anew)
          .map(([name]) => name)
          .sort();
        const wanted = (service.replicas > 1 ? KEPT_OF_SEVERAL[service.name] : undefined) ?? KEPT[service.name] ?? [];
        assert.deepEqual(kept, wanted, service.name);
        assert.ok(generated(first, service.name).every(([, anew]) => !anew));
      }
    }));

  it("shows no secret", () => each(({ second }) => assert.deepEqual(second.leaks(CANARY), [])));

  it("ends accounts when everybody is there who had them, and keeps nobody waiting for that", () =>
    each(({ first, second, plan }) => {
      const ends = second.resources.filter(({ type }) => type === "kpaas:platform:FormerAccounts").map(({ name }) => name);
      const databases = ["mariadb", "postgresql"].filter((name) =>
        plan.services.some((each) => each.offers && each.name === name && takes(plan, each.offers)),
      );
      assert.deepEqual(
        ends,
        databases.map((name) => `seoul-${name}-former`),
      );
      assert.ok(!first.resources.some(({ type }) => type === "kpaas:platform:FormerAccounts" || type === FINISHED_ROTATIONS));
      const waits = waitsFor(second, "seoul-mariadb-former-schemas");
      const one = plan.services.some(({ name, replicas }) => name === "mariadb" && replicas === 1);
      for (const name of [`seoul-mariadb-${one ? "server" : "members"}`, "seoul-keycloak-server", "seoul-portal-common-api"])
        assert.ok(waits.has(name), name);
      // Of several members by the one that leads; its certificate is verified, and one server's too.
      const settings = text(second, "seoul-mariadb-former-sql", "keycloak.cnf");
      assert.match(settings, one ? /^host=mariadb\.mariadb\.svc$/m : /^host=mariadb-primary$/m);
      assert.match(settings, /^ssl-verify-server-cert$/m);
      for (const { name } of second.resources)
        if (!/^seoul-(mariadb-former|rotations)/.test(name)) assert.ok(!waitsFor(second, name).has("seoul-mariadb-former-schemas"), name);
    }));

  it("is recorded as exchanged when all is there, and what was before has ended", () =>
    each(({ second, plan }) => {
      const { name, inputs } = second.resources.find(({ type }) => type === FINISHED_ROTATIONS) ?? assert.fail();
      assert.deepEqual(inputs, Object.fromEntries(plan.services.map((service) => [service.name, 2])));
      const waits = waitsFor(second, name);
      const ended = second.resources.filter(({ type }) => type === "kubernetes:batch/v1:Job").map((job) => job.name);
      for (const each of [...ended, "seoul-keycloak-server", "seoul-portal-common-api"]) assert.ok(waits.has(each), each);
    }));
});

/** What stays as it was generated, by service. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  keycloak: ["admin-password", "portal-admin-password", "provider-secret"],
  openbao: ["provider-secret", "seal-key"],
  harbor: ["admin-password", "database-password", "secret-key"],
  nats: ["member-password"],
  kpaasServer: ["passphrase"],
  // Whoever was away during an exchange is led on from the one before.
  pipeline: ["inspection-password"],
  sourceControl: ["manager-password"],
};

/** The same of those that have other members then. */
const KEPT_OF_SEVERAL: Readonly<Record<string, readonly string[]>> = { mariadb: ["root-password"] };

function takes({ services }: EnvironmentPlan, offers: readonly string[]): boolean {
  return services.some(({ needs = {} }) => offers.some((kind) => kind in needs));
}

const text = (graph: Graph, name: string, key: string): string => String(at(unwrapSecret(graph.get(name).inputs.stringData), key));

describe("the databases' accounts, exchanged", () => {
  const build = (made: typeof mariadb | typeof postgresql, changes = {}): Build => made(undefined, { rotation: 3, ...changes });

  it("are others for MariaDB's consumers, beside those of before, which the last job ends", async () => {
    const g = await run(build(mariadb));
    const accounts = text(g, "db-init", "accounts.sql");
    for (const user of ["keycloak", "keycloak_2", "portal", "portal_2"]) {
      assert.ok(accounts.includes(`CREATE USER IF NOT EXISTS '${user}'@'%' ACCOUNT LOCK;`), user);
      assert.ok(!accounts.includes(`ALTER USER '${user}'@'%' IDENTIFIED`), user);
    }
    // The server reads it by lines, a client up to each semicolon outside of quotes.
    for (const line of accounts.trimEnd().split("\n")) assert.match(line, /^(?:'(?:\\.|[^'\\])*'|[^';])*;$/);
    assert.match(accounts, /ALTER USER 'portal_3'@'%' IDENTIFIED BY /);
    assert.match(accounts, /GRANT SELECT \(`ID`\) ON `keycloak`\.`T` TO 'portal_2'@'%';/);
    assert.match(text(g, "db-sql", "cp.cnf"), /^user=portal_3$/m);
  });

  it("are others for PostgreSQL's, who work as the owner", async () => {
    const g = await run(build(postgresql));
    const accounts = text(g, "db-accounts", "accounts.sql");
    assert.match(accounts, /ALTER ROLE "sonarqube" LOGIN [A-Z ]+;/, "keeps its password");
    assert.match(accounts, /ALTER ROLE "sonarqube_3" LOGIN [A-Z ]+ PASSWORD '/);
    assert.match(accounts, /ALTER ROLE "sonarqube_3" SET role = 'sonarqube';/);
    assert.match(accounts, /ALTER DATABASE "sonar" OWNER TO "sonarqube";/);
    const rules = String(at(g.get("db-config").inputs, "data", "pg_hba.conf"));
    for (const user of ["sonarqube", "sonarqube_2", "sonarqube_3"]) assert.ok(rules.includes(`hostssl "sonar" "${user}" `), user);
  });

  it("are told to the operator of several members without the passwords of those that end", async () => {
    const g = await run(build(postgresql, { replicas: 3 }));
    const roles = at(g.get("db-cluster").inputs, "spec", "managed", "roles") as {
      name: string;
      inRoles?: string[];
      passwordSecret?: object;
    }[];
    assert.deepEqual(
      roles.filter(({ name }) => name.startsWith("other")).map(({ name, inRoles, passwordSecret }) => [name, inRoles, passwordSecret]),
      [
        ["other", undefined, undefined],
        ["other_2", ["other"], undefined],
        ["other_3", ["other", "other_2"], { name: "postgresql-other-3" }],
      ],
    );
    assert.deepEqual(at(unwrapSecret(g.get("db-other_3-account").inputs.stringData), "username"), "other_3");
    assert.match(text(g, "db-sql", "other.sql"), /^SET ROLE NONE;\nALTER ROLE "other_3" SET role = 'other';\nSET ROLE "other";\n/);
  });

  it("let the last job in", async () => {
    for (const [name, each] of [
      ["mariadb", mariadb],
      ["postgresql", postgresql],
    ] as const) {
      const rules = (g: Graph) => JSON.stringify(at(g.get("db-allow-clients").inputs, "spec", "ingress"));
      assert.ok(rules(await run(build(each))).includes(`${name}-former-accounts`));
      assert.ok(!rules(await run(each())).includes("former"));
    }
  });

  it("leave the pods of several members as they are", async () => {
    const pods = async (rotation?: number) =>
      workloads(await run(postgresql([], { replicas: 3, ...(rotation ? { rotation } : {}) }))).filter(
        ({ resource }) => !resource.type.includes("Job"),
      ).length;
    assert.deepEqual([await pods(), await pods(2)], [0, 0]);
  });
});

describe("OpenBao's secret ids, exchanged", () => {
  it("are made anew beside the old ones", async () => {
    const metadata = async (rotation?: number) =>
      JSON.parse(
        String(
          (await run(openbao(rotation ? { rotation } : {}))).resources.find(({ type }) => type.includes("authBackendRoleSecretId"))?.inputs
            .metadata,
        ),
      ) as object;
    const [first, second] = [await metadata(), await metadata(2)];
    assert.deepEqual(second, { ...first, rotation: "2" });
  });
});

describe("Keycloak's administrator, exchanged", () => {
  it("is another one, and the first one has no rights left", async () => {
    const g = await platformGraph(after(everyServicePlan(), 3));
    const user = g.get("seoul-keycloak-kpaas-admin-3");
    assert.deepEqual([user.inputs.realmId, user.inputs.username, user.inputs.enabled], ["master", "kpaas-admin-3", true]);
    const roles = g.get("seoul-keycloak-kpaas-admin-roles");
    assert.deepEqual([roles.inputs.roleIds, roles.inputs.exhaustive], [[], true]);
    assert.ok(waitsFor(g, "seoul-keycloak-kpaas-admin").has("seoul-keycloak-kpaas-admin-3-role"));
    assert.ok(!g.resources.some(({ name }) => name === "seoul-keycloak-kpaas-admin-2"));
    const secrets = ofKind(g, "core/v1:Secret").find(({ name }) => name === "seoul-keycloak-secret");
    assert.equal(at(unwrapSecret(secrets?.inputs.stringData), "admin-username"), "kpaas-admin", "what it starts with is its first one");
  });
});
