import assert from "node:assert/strict";
import { recover } from "../../engine/recover";
import { readStates } from "../../engine/states";
import { obstacles, planRecovery } from "../../operate/state/recover-plan";
import { CHOSEN, INFRASTRUCTURES } from "../support/cloud-files";
import { engineForTests } from "../support/engine";
import { hostsFile } from "../support/existing";
import { BARE } from "../support/layers";
import { idsOf, lifeWithout, lose, NOTHING, seen, targetIn, UNASKED, unlike } from "../support/lost-state";
import { temporaryFolders } from "../support/temporary";

/** Beside these cert-manager, volumes, an ingress and MariaDB: releases, certificates, passwords, and what lives in services. */
const SERVICES = { services: { metricsServer: false, portal: false, keycloak: true, openbao: true } };

const ON_HOSTS = { loadBalancer: { kind: "metallb", range: "10.0.0.200-10.0.0.220" } };

/** On every cloud, or the one that KPAAS_TEST_CLOUD names, and on existing hosts. */
describe("An environment whose state is lost", function () {
  this.timeout(1_200_000);
  before(engineForTests);
  const folder = temporaryFolders();

  it("is found again with its generated values, by its cloud, its cluster and the key of its machines", async () => {
    const target = targetIn(folder(), {});
    const { findings, changes, again, third, before } = await lifeWithout(target, ({ before: known, sshKey = "" }) => ({
      sshKey,
      ids: seen(known, ...UNASKED),
    }));
    assert.deepEqual(
      unlike(findings, "found", "known", "left").map((line) => line.split(" ").slice(0, 2).join(" ")),
      ["lost seoul-platform-keycloak-portal-admin-password"],
      "only Keycloak has it, and as a digest",
    );
    assert.deepEqual(changes, []);
    assert.deepEqual({ ...again, create: 0 }, NOTHING, "rules that are refused a second time are taken up");
    assert.deepEqual(third, NOTHING);
    assert.deepEqual(idsOf(await readStates(target)), idsOf(before));
  });

  const files = CHOSEN.map((cloud) => [cloud, { infrastructure: INFRASTRUCTURES[cloud], platform: BARE }] as const);
  for (const [cloud, fields] of files)
    it(`is found again on ${cloud}, with what an older backup tells`, async () => {
      const target = targetIn(folder(), fields);
      const { again, third, changes, before } = await lifeWithout(target, ({ before: older }) => ({ older }));
      assert.deepEqual(changes, []);
      assert.deepEqual({ ...again, create: 0 }, NOTHING);
      assert.deepEqual(third, NOTHING);
      assert.deepEqual(idsOf(await readStates(target)), idsOf(before));
    });

  // Addresses bear no mark there: the recovery asks for them.
  const told = (cloud: string) => (cloud === "nhn" ? [...UNASKED, "networking/floatingIp:FloatingIp"] : UNASKED);
  const served: readonly (readonly [string, Record<string, unknown>])[] = [
    ...CHOSEN.map((cloud) => [cloud, { infrastructure: INFRASTRUCTURES[cloud], platform: SERVICES }] as const),
    ["existing hosts", hostsFile({}, { platform: { ...SERVICES, ...ON_HOSTS } })],
  ];
  for (const [cloud, fields] of served)
    it(`is found again on ${cloud} with its services, without an older backup`, async () => {
      const target = targetIn(folder(), fields);
      const { findings, again, third, changes, before } = await lifeWithout(target, ({ before: known, sshKey }) => ({
        ...(sshKey === undefined ? {} : { sshKey }),
        ids: seen(known, ...told(cloud)),
      }));
      assert.deepEqual(
        unlike(findings, "found", "known", "left").map((line) => line.split(" ").slice(0, 2).join(" ")),
        ["client-secret", "portal-admin-password"].map((name) => `lost ${target.plan.environment}-platform-keycloak-${name}`),
        "nothing in the cluster takes them without the portal",
      );
      assert.deepEqual(changes, []);
      assert.deepEqual({ ...again, create: 0 }, NOTHING);
      assert.deepEqual(third, NOTHING);
      assert.deepEqual(idsOf(await readStates(target)), idsOf(before));
    });

  it("is refused where the key of the platform's own authority was nowhere but in it, and found by an older backup", async () => {
    const services = { metricsServer: false, certManager: false, keycloak: false, portal: false };
    const target = targetIn(folder(), hostsFile({}, { platform: { services, ...ON_HOSTS } }));
    const { findings, changes, again, third, before } = await lifeWithout(target, ({ before: older }) => ({ older }));
    assert.deepEqual(unlike(findings, "found", "known", "left"), []);
    assert.deepEqual(changes, []);
    for (const each of [again, third]) assert.deepEqual(each, NOTHING);
    assert.deepEqual(idsOf(await readStates(target)), idsOf(before));
    await lose(target);
    const { environment } = target.plan;
    const refused = obstacles(environment, planRecovery(await recover(target, {})));
    assert.deepEqual(
      refused.filter(({ remedy }) => /only a state has it/.test(remedy)).map(({ path }) => path),
      [`${environment}-platform-tls-ca-key`],
    );
    assert.deepEqual(await readStates(target), []);
  });
});
