import assert from "node:assert/strict";
import { ladder, renamedFor } from "../../../model/cluster/ladder";
import { kubesprayRelease, kubesprayTags } from "../../../model/cluster/releases";

describe("The ladder of an upgrade", () => {
  const minor = (version: string) => Number(version.replace(/^v/, "").split(".")[1]);

  it("leads from every release to every later one, never more than a minor at a time", () => {
    let ways = 0;
    for (const [index, from] of kubesprayTags.entries()) {
      for (const to of kubesprayTags.slice(index)) {
        for (const start of kubesprayRelease(from)?.kubernetes.versions ?? []) {
          const end = kubesprayRelease(to)?.kubernetes.default ?? "";
          const hops = ladder({ kubespray: from, kubernetes: start }, { kubespray: to, kubernetes: end });
          if (hops === undefined || hops.length === 0) continue;
          ways += 1;
          assert.deepEqual(hops.at(-1), { kubespray: to, kubernetes: end });
          let at = { kubespray: from, kubernetes: start };
          for (const hop of hops) {
            for (const what of ["kubespray", "kubernetes"] as const) {
              const step = minor(hop[what]) - minor(at[what]);
              assert.ok(step === 0 || step === 1, `${at.kubespray} ${at.kubernetes} to ${hop.kubespray} ${hop.kubernetes}`);
            }
            assert.ok(kubesprayRelease(hop.kubespray)?.kubernetes.versions.includes(hop.kubernetes));
            at = hop;
          }
        }
      }
    }
    assert.ok(ways > 500);
  });

  it("knows no way back and none to what nobody installs", () => {
    const at = { kubespray: "v2.29.0", kubernetes: "1.33.5" };
    assert.equal(ladder(at, { ...at, kubernetes: "1.33.4" }), undefined);
    assert.equal(ladder(at, { kubespray: "v2.28.1", kubernetes: "1.33.5" }), undefined);
    assert.equal(ladder(at, { ...at, kubernetes: "1.40.0" }), undefined);
    assert.deepEqual(ladder(at, at), []);
  });

  it("calls variables as each release does", () => {
    assert.deepEqual(renamedFor("v2.28.0", { namespace: "a", other: 1 }), { namespace: "a", other: 1 });
    assert.deepEqual(renamedFor("v2.29.0", { namespace: "a", other: 1 }), { k8s_namespace: "a", other: 1 });
  });
});
