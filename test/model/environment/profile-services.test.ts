import assert from "node:assert/strict";
import { registry } from "../../../files/registry";
import { switchedServices } from "../../../model/registry";
import { environmentFile, planFile } from "../../support/environment";

const services = (given: Record<string, unknown>) => ({ platform: { services: given } });

/** The services of a file without mistakes. */
function rightly(content: Record<string, unknown>) {
  const { planned, problems } = planFile(environmentFile(content));
  assert.deepEqual(
    problems.filter(({ severity }) => severity === "error"),
    [],
  );
  return planned?.plan.services ?? assert.fail("there is no plan");
}

describe("the services that a file has without a word of them", () => {
  it("are also whoever runs several members of a database where there are several, and nowhere else", () => {
    const members = (over: Record<string, unknown>) => {
      const planned = rightly(over);
      const names = ["cloudnativePg", "mariadbOperator", "mariadb", "postgresql"];
      return planned.flatMap(({ name, replicas }) => (names.includes(name) ? [`${name} ${replicas}`] : []));
    };
    assert.deepEqual(members({}), ["mariadb 1"]);
    assert.deepEqual(members(services({ mariadb: { replicas: 3 } })), ["mariadbOperator 1", "mariadb 3"]);
    assert.deepEqual(members(services({ postgresql: { replicas: 5 } })), ["cloudnativePg 1", "mariadb 1", "postgresql 5"]);
    const high = { profile: "highAvailability" };
    const ofMariadb = ["mariadbOperator 2", "mariadb 3"];
    const ofPostgresql = ["cloudnativePg 2", "postgresql 3"];
    assert.deepEqual(members(high).sort(), [...ofPostgresql, ...ofMariadb].sort());
    assert.deepEqual(members({ ...high, ...services({ mariadb: { replicas: 1 } }) }), ["cloudnativePg 2", "mariadb 1", "postgresql 3"]);
    assert.deepEqual(members({ ...high, ...services({ pipeline: false }) }), ofMariadb);
    assert.deepEqual(
      members({ ...high, ...services({ pipeline: false, postgresql: true }) }).sort(),
      [...ofPostgresql, ...ofMariadb].sort(),
    );
  });

  it("are what the profiles of K-PaaS have, and whoever that cannot do without", () => {
    const names = (content: Record<string, unknown>) => {
      const planned = rightly(content);
      return planned.filter(({ name }) => switched.has(name)).map(({ name }) => name);
    };
    const switched = new Set(switchedServices(registry).map(({ name }) => name));
    const minimal = ["metricsServer", "certManager", "mariadb", "keycloak", "portal"];
    const whole = [...minimal, "kyverno", "openbao", "harbor", "chartmuseum", "pipeline", "sourceControl", "postgresql"];
    assert.deepEqual(names({}).sort(), minimal.sort());
    assert.deepEqual(names({ profile: "standard" }).sort(), whole.sort());
    assert.deepEqual(names({ profile: "highAvailability" }).sort(), [...whole, "cloudnativePg", "mariadbOperator"].sort());
    const without = names({ profile: "standard", platform: { services: { pipeline: false } } });
    assert.deepEqual(without.sort(), whole.filter((name) => name !== "pipeline" && name !== "postgresql").sort());
  });

  it("are refused with both names where one has nothing of what it is for without another, and the file names one of the two", () => {
    const refused = (content: Record<string, unknown>) =>
      planFile(environmentFile(content)).problems.flatMap(({ severity, path, reason }) =>
        severity === "error" ? [`${path}: ${reason}`] : [],
      );
    const portal = /^platform\.services\.openbao: portal needs openbao, which is switched off/;
    const pipeline = /^platform\.services\.harbor: pipeline needs harbor, which is switched off/;
    assert.deepEqual(refused(services({ openbao: false })), [], "a minimal portal is there by itself");
    assert.match(refused(services({ portal: true })).join("\n"), portal);
    assert.match(refused({ profile: "standard", ...services({ openbao: false }) }).join("\n"), portal);
    assert.match(refused({ profile: "standard", ...services({ harbor: false }) }).join("\n"), pipeline);
    assert.match(refused(services({ pipeline: true, postgresql: true })).join("\n"), pipeline);
    assert.deepEqual(refused({ profile: "standard", ...services({ openbao: false, portal: false }) }), []);
  });
});
