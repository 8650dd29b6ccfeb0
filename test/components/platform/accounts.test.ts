import assert from "node:assert/strict";
import { type Build, chartmuseum, mariadb, nats, postgresql, run } from "./builds";

/** What random resources give whose creation is another one: a service that was switched off and on again, or a state begun anew. */
const ANEW = { "random:index/randomPassword:RandomPassword": (name: string) => ({ result: `another-${name}` }) };

/**
 * Whoever grants accounts sets their passwords anew whenever those are made anew, whatever its data hold of former ones: by what its server
 * reads at each start, which starts it, or by what it reads again by itself.
 */
const GRANTING: readonly (readonly [what: string, build: Build, read: readonly string[], server?: string])[] = [
  ["MariaDB", mariadb(), ["db-init"], "db-server"],
  ["PostgreSQL", postgresql(), ["db-accounts"], "db-server"],
  ["PostgreSQL on several members", postgresql(undefined, { replicas: 3 }), ["db-sonarqube-account", "db-other-account"]],
  ["NATS", nats(), ["messages-config"], "messages-server"],
  ["ChartMuseum", chartmuseum, ["charts-settings"], "charts-server"],
];

describe("accounts that are made anew on data that were kept", () => {
  for (const [what, build, read, server] of GRANTING)
    it(`are let in with their new passwords: ${what}`, async () => {
      const changed = (await run(build)).changed(await run(build, { outputs: ANEW }));
      for (const each of [...read, ...(server === undefined ? [] : [server])]) assert.ok(changed.includes(each), changed.join(", "));
    });
});
