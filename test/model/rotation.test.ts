import assert from "node:assert/strict";
import { createColors } from "picocolors";
import { describeRotation } from "../../cli/rotation";
import { registry } from "../../files/registry";
import { parseLock } from "../../model/lock";
import type { ServicePlan } from "../../model/plan/types";
import { Findings } from "../../model/problems";
import { raised, rotatedOf, rotationOf, takersOf } from "../../model/rotation";
import { LOCK } from "../cli/fixture";
import { everyServicePlan } from "../components/platform/fixtures";
import { sampleEnvironment } from "../support/plan";

const { services } = everyServicePlan();
const named = (name: string): ServicePlan => services.find((each) => each.name === name) ?? assert.fail(name);
const rotation = (wanted?: readonly string[], of = services) => rotationOf("seoul", of, registry.services, wanted);

describe("the exchange of secrets", () => {
  it("tells which pods are made anew, how long they are away, and how long a secret is not valid", () => {
    const { rows, left, problems } = rotation(["mariadb", "keycloak"]);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      rows.map(({ service, how, restarts, seconds }) => [service, how, restarts.map((each) => `${each.service} ${each.seconds}`), seconds]),
      [
        ["mariadb", "overlap", ["mariadb 30", "keycloak 90", "kubeflow 120", "portal 0", "pipeline 120", "sourceControl 60", "gitea 0"], 0],
        ["mariadb", "one", ["mariadb 30"], 30],
        ["keycloak", "one", ["kubeflow 120", "monitoring 30", "portal 0", "pipeline 120", "sourceControl 60"], 60],
        ["keycloak", "overlap", [], 0],
      ],
    );
    assert.deepEqual(
      left.map(({ service, secret }) => `${service}: ${secret}`),
      ["keycloak: the secret of the client that configures it", "keycloak: the first password of the portal's administrator"],
    );
  });

  it("says that nobody waits for a database of several members", () => {
    const several = services.map((each) => (each.name === "postgresql" ? { ...each, replicas: 3 } : each));
    assert.deepEqual(
      rotation(["postgresql"], several).rows.map(({ how, restarts }) => [how, restarts.map(({ service }) => service)]),
      [["overlap", ["kpaasServer", "pipeline"]]],
    );
    assert.deepEqual(
      rotation(["postgresql"]).rows.map(({ how, restarts }) => [how, restarts.map(({ seconds }) => seconds)]),
      [
        ["overlap", [30, 30, 120]],
        ["one", [30]],
      ],
    );
  });

  it("says of nobody that it restarts for a secret that it does not have", () => {
    // It takes tokens of Keycloak's realm, and logs in to OpenBao by its account: neither is a secret of theirs.
    const restarting = rotation(["keycloak", "openbao"]).rows.flatMap(({ restarts }) => restarts.map(({ service }) => service));
    assert.ok(takersOf(named("openbao"), services).includes(named("kpaasServer")));
    assert.ok(restarting.includes("portal") && !restarting.includes("kpaasServer"));
  });

  it("follows a service's version and options", () => {
    const kinds = (name: "keycloak" | "openbao", changes: Partial<ServicePlan>) =>
      rotatedOf({ ...named(name), ...changes }, registry.services[name] ?? assert.fail()).map(({ secret, how }) => `${how}: ${secret}`);
    assert.ok(kinds("keycloak", {}).includes("overlap: its administrator"));
    assert.ok(kinds("keycloak", { version: "25.0.6" }).includes("never: its administrator"));
    assert.ok(kinds("openbao", {}).includes("never: the key of its static seal"));
    assert.ok(!kinds("openbao", { options: { seal: { kind: "awskms" } } }).some((text) => text.includes("static seal")));
  });

  it("takes all services that have something to exchange where none is named", () => {
    const names = new Set(rotation().rows.map(({ service }) => service));
    assert.equal([...names].join(", "), ALL);
  });

  it("refuses all at once what cannot be exchanged, each with the way out", () => {
    const definitions = { ...registry.services, vault: { ...registry.services.mariadb!, name: "vault", rotates: [KEPT] } };
    const { problems } = rotationOf("seoul", [...services, { ...named("mariadb"), name: "vault" }], definitions, [
      "mariadbb",
      "metallb",
      "vault",
      "mariadb",
    ]);
    assert.deepEqual(
      problems.map(({ path, value, reason, remedy }) => [path, value, reason, remedy]),
      [
        ["--service", "mariadbb", "seoul has no such service", `choose one of ${ALL}`],
        ["--service", "metallb", "nothing secret is generated for metallb", "leave it out"],
        ["--service", "vault", "its key of vault is never exchanged: it is all there is", "keep it"],
      ],
    );
  });

  it("counts whoever takes a grant among those who restart", () => {
    assert.deepEqual(
      takersOf(named("keycloak"), services).map(({ name }) => name),
      ["kpaasServer", "kubeflow", "monitoring", "portal", "pipeline", "sourceControl"],
    );
    assert.deepEqual(takersOf(named("metricsServer"), services), []);
  });

  it("raises a number by one, and goes on with one that was begun and not finished", () => {
    assert.deepEqual(raised(["mariadb"]), { mariadb: 2 });
    assert.deepEqual(raised(["portal", "mariadb"], { nats: 4, mariadb: 2 }, { mariadb: 2, nats: 4 }), { mariadb: 3, nats: 4, portal: 2 });
    assert.deepEqual(raised(["mariadb", "portal"], { mariadb: 2 }, {}), { mariadb: 2, portal: 2 });
  });

  it("keeps the numbers in the lock, and hands them to the services that are on", () => {
    const first = sampleEnvironment("minimal");
    const { plan, lock, lockState } = sampleEnvironment("minimal", {}, { ...first.lock, rotations: { mariadb: 3, nats: 2 } });
    assert.deepEqual([lock.rotations, lockState], [{ mariadb: 3, nats: 2 }, "current"]);
    assert.deepEqual(
      plan.services.flatMap(({ name, rotation: number }) => (number === undefined ? [] : [[name, number]])),
      [["mariadb", 3]],
    );
    assert.ok(first.plan.services.every((each) => !("rotation" in each)));
    const findings = new Findings();
    assert.equal(parseLock({ ...LOCK, rotations: { mariadb: 1 } }, "seoul", findings), undefined);
    assert.deepEqual(
      findings.all.map(({ path }) => path),
      ["lock.rotations.mariadb"],
    );
  });

  it("is drawn with what restarts and what is kept", () => {
    const colors = createColors(false);
    const lines = describeRotation(rotation(["keycloak"]), { width: 400, colors });
    assert.match(
      lines.join("\n"),
      /keycloak {2}the secret of its applications' client {2}one only: not valid for ~60 s +kubeflow \(away ~120 s\), monitoring \(away ~30 s\), portal/,
    );
    assert.match(lines.join("\n"), /its administrator +the new one is valid before the old one ends {2}nothing/);
    assert.match(lines.join("\n"), /kept: the secret of the client that configures it of keycloak: the server was begun with it/);
    const [row] = describeRotation(rotation(["mariadb"]), { width: 400, colors }).slice(2);
    assert.match(
      row ?? "",
      /mariadb \(away ~30 s\), keycloak \(away ~90 s\), kubeflow \(away ~120 s\), portal, pipeline \(away ~120 s\), sourceControl \(away ~60 s\), gitea$/,
    );
  });
});

const KEPT = { secret: "its key", how: "never", reason: "it is all there is", remedy: "keep it" } as const;

const ALL =
  "mariadb, postgresql, keycloak, openbao, harbor, chartmuseum, nats, kpaasServer, kubeflow, monitoring, portal, pipeline, sourceControl";
