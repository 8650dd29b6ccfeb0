import assert from "node:assert/strict";
import type { OwnServices } from "../../components/platform/typed-services";
import { appliedState } from "../../model/guard/applied";
import { findDangers } from "../../model/guard/dangers";
import { Environment } from "../../stacks/environment";
import { InvalidEnvironmentError, planSpec } from "../../stacks/spec";
import { graph } from "../../testing/graph";
import { unwrapSecret } from "../../testing/mocks";
import { at, ofKind } from "../components/platform/fixtures";
import { Gitea, gitea } from "../components/platform/own-service";
import { waitsFor } from "../support/waits";

const infrastructure = { provider: "openstack" } as const;

describe("a service of a program's own", () => {
  it("is planned, granted, closed off and made as ours are", async () => {
    const g = await graph(() => {
      const seoul = new Environment("seoul", {
        infrastructure,
        platform: { services: { gitea: { openSignUp: true } } },
        services: { gitea },
      });
      return [seoul.platform.services.gitea.site, seoul.platform.services.gitea instanceof Gitea];
    });
    assert.equal((g.result as unknown[])[1], true);
    const server = g.get("seoul-platform-gitea-server");
    assert.ok(waitsFor(g, server.name).has("seoul-platform-mariadb-schemas"));
    assert.match(JSON.stringify(server.inputs), /"DISABLE_REGISTRATION","value":"false"/);
    const accounts = String(at(unwrapSecret(g.get("seoul-platform-mariadb-init").inputs.stringData), "accounts.sql"));
    assert.match(accounts, /GRANT [^;]* ON `gitea`\.\* TO 'gitea'@'%';/);
    assert.match(JSON.stringify(g.get("seoul-platform-mariadb-allow-clients").inputs), /"kubernetes.io\/metadata.name":"gitea"/);
    assert.match(String(at(g.get("seoul-platform").outputs, "urls", "gitea")), /^https:\/\/git\./);
    assert.equal(g.get("seoul-platform-gitea-namespace").type, "kubernetes:core/v1:Namespace");
  });

  it("is there only where it is asked for", async () => {
    const g = await graph(() => new Environment("seoul", { infrastructure, services: { gitea } }).platform.services.gitea);
    assert.equal(g.result, undefined);
    assert.ok(!ofKind(g, "core/v1:Namespace").some(({ name }) => name.includes("gitea")));
  });

  it("is in the plan, its images and its bill of materials", () => {
    const { plan } = planSpec("seoul", { infrastructure, platform: { services: { gitea: true } } } as never, { gitea });
    const { dependsOn, host } = plan.services.find(({ name }) => name === "gitea")!;
    assert.deepEqual([dependsOn, host], [["ingress", "mariadb"], `git.${plan.platform.domain}`]);
    assert.ok(plan.images.includes("docker.io/gitea/gitea:1.24.0-rootless"));
    assert.deepEqual(
      plan.bom.find(({ name, kind }) => name === "gitea" && kind === "software"),
      { kind: "software", name: "gitea", version: "1.24.0", licence: "MIT", source: "https://github.com/go-gitea/gitea" },
    );
  });

  it("asks before data of its own would be lost, also where its definition is gone", () => {
    const keeping = { ...gitea, keeps: "data", entry: { ...gitea.entry!, defaults: { replicas: 1, sizeGiB: 5 } } } as const;
    const of = (services: object, own: OwnServices) => planSpec("seoul", { infrastructure, platform: { services } } as never, own).plan;
    const applied = appliedState(of({ gitea: true }, { gitea: keeping }));
    assert.deepEqual(
      findDangers(applied, of({}, {})).map(({ action, path }) => [action, path]),
      [["drop-database", "platform.services.gitea"]],
    );
    const cached = appliedState(of({ gitea: true }, { gitea: { ...keeping, keeps: "cache" } }));
    assert.deepEqual(findDangers(cached, of({}, {})), []);
  });

  const mutual = {
    gitea: { ...gitea, needs: { messages: () => ({}) }, offers: ["charts"] },
    forge: { ...gitea, name: "forge", entry: { ...gitea.entry!, namespace: "forge" }, needs: { charts: () => ({}) }, offers: ["messages"] },
  } as unknown as OwnServices;
  const refused: readonly (readonly [what: string, own: OwnServices, services: object, path: string, reason: RegExp])[] = [
    ["the name of one of ours", { keycloak: { ...gitea, name: "keycloak" } }, {}, "services.keycloak", /platform's own/],
    ["another name than its definition", { git: gitea }, {}, "services.git", /named gitea/],
    ["a name that is no key", { "git-ea": { ...gitea, name: "git-ea" } }, {}, "services.git-ea", /letters and digits/],
    [
      "nobody to grant what it claims",
      { gitea },
      { gitea: true, mariadb: false, keycloak: false, portal: false },
      "platform.services.mariadb",
      /gitea needs mariadb/,
    ],
    [
      "a namespace that is another's",
      { gitea: { ...gitea, entry: { ...gitea.entry!, namespace: "keycloak" } } },
      { gitea: true },
      "platform.services.gitea",
      /namespace keycloak/,
    ],
    [
      "a kind that another offers",
      { gitea: { ...gitea, offers: ["mysql"] } },
      { gitea: true },
      "platform.services.gitea",
      /offers mysql, as mariadb/,
    ],
    [
      "a claim that comes back to itself",
      mutual,
      { gitea: true, forge: true },
      "platform.services.gitea",
      /waits for itself: each of gitea → forge → gitea takes a grant of the next/,
    ],
    ["an option that it has not", { gitea }, { gitea: { open: true } }, "platform.services.gitea.open", /no known field/],
    [
      "an option of another kind",
      { gitea },
      { gitea: { openSignUp: "yes" } },
      "platform.services.gitea.openSignUp",
      /must be true or false/,
    ],
  ];
  const claiming = (needs: object) => ({ gitea: { ...gitea, needs } }) as unknown as OwnServices;
  const project = claiming({ registryProject: () => ({ project: "apps", access: "push" }) });
  const inHarbor = { gitea: true, harbor: { projects: { apps: { robots: { gitea: "pull" } } } } };
  const claimed: typeof refused = [
    [
      "its account at a project that the file names too",
      project,
      inHarbor,
      "platform.services.harbor.projects.apps.robots.gitea",
      /account of the service gitea/,
    ],
    [
      "a project by a name that Harbor takes from nobody",
      claiming({ registryProject: () => ({ project: "Apps_1", access: "push" }) }),
      { gitea: true, harbor: true },
      "platform.services.gitea",
      /"Apps_1", which must be lower-case/,
    ],
    [
      "a schema by a name with a wildcard",
      claiming({ mysql: () => ({ schema: "git%ea" }) }),
      { gitea: true },
      "platform.services.gitea",
      /letters, digits and "_" only/,
    ],
    [
      "a schema of another",
      claiming({ mysql: () => ({ schema: "keycloak" }) }),
      { gitea: true },
      "platform.services.gitea",
      /that of keycloak/,
    ],
    ["a schema of the server's own", claiming({ mysql: () => ({ schema: "mysql" }) }), { gitea: true }, "platform.services.gitea", /own/],
    [
      "a database of the server's own",
      claiming({ postgres: () => ({ database: "template1" }) }),
      { gitea: true, postgresql: true },
      "platform.services.gitea",
      /none of postgres/,
    ],
  ];
  for (const [what, own, services, path, reason] of [...refused, ...claimed]) {
    it(`is refused with ${what}`, () => {
      assert.throws(
        () => planSpec("seoul", { infrastructure, platform: { services } } as never, own),
        (error) =>
          error instanceof InvalidEnvironmentError && error.errors.some((each) => each.propertyPath === path && reason.test(each.reason)),
      );
    });
  }
});
