import assert from "node:assert/strict";
import { fieldTable, fieldTypes } from "../../../dev/environment-fields";
import { priceNames } from "../../../dev/price-names";
import { serviceTable } from "../../../dev/service-table";
import { registry } from "../../../files/registry";
import type { EnvironmentFields } from "../../../model/environment/environment-fields";
import { docOf, docsOf } from "../../../model/environment/field-docs";
import { environmentFields as fields, holds } from "../../support/written";

describe("what the fields of the environment file mean", () => {
  it("is said of every field in the JSON Schema, and of none that is not there", () => {
    assert.ok(fields.length > 300, String(fields.length));
    assert.deepEqual(
      fields.filter(([path, description]) => description === undefined && !/^cluster\.backups\.|^cluster\.airGap\./.test(path)),
      [],
    );
    const used = new Set(fields.map(([path]) => docOf(path, registry)));
    assert.deepEqual(
      docsOf(registry)
        .filter((doc) => !used.has(doc) && doc.path !== "…nodes.KEY")
        .map(({ path }) => path),
      [],
    );
  });

  it("is what an option says of itself, though fields of its name are something else elsewhere", () => {
    const of = (path: string) => fields.find(([field]) => field === path)?.[1];
    assert.equal(of("platform.services.openbao.seal.vault"), "The key vault's name.");
    assert.match(of("infrastructure.access.ssh.privateKey.vault") ?? "", /^The secret is in Vault/);
  });

  it("tells what a change does", () => {
    const of = (path: string) => fields.find(([field]) => field === path)?.[1] ?? "";
    assert.match(of("infrastructure.network.cidr"), /A change is refused\.$/);
    assert.match(of("infrastructure.image"), /A change counts for machines built from then on\.$/);
    assert.match(of("protect"), /A change: to data: applied to what stands; to none: needs the approval unprotect\.$/);
    assert.match(
      of("infrastructure.access.adminCidrs"),
      /nobody any more: needs the approval move-address; otherwise: applied to what stands\.$/,
    );
  });

  it("stands in the documentation and beside the types of programs", () => {
    holds("docs/environment-file.md", `\n${fieldTable()}\n`, ["by its test -->", "<!-- /fields -->"]);
    holds("model/environment/environment-fields.ts", fieldTypes());
  });

  it("has a table of the services beside it", () => {
    holds("docs/environment-file.md", `\n${serviceTable(registry)}\n`, ["definitions by a test -->", "<!-- /services -->"]);
  });

  it("has the names of price lists in the documentation", () => {
    holds("docs/cost.md", `\n${priceNames(registry)}\n`, ["bills by a test -->", "<!-- /names -->"]);
  });

  it("does not compile where it does not work yet", () => {
    const environment = (fields: Omit<EnvironmentFields, "name">) => fields;
    environment({ infrastructure: { provider: "openstack", network: { cidr: "10.0.0.0/16" } }, platform: { services: { portal: false } } });
    // @ts-expect-error a cloud that does not exist yet
    environment({ infrastructure: { provider: "zonia" } });
    // @ts-expect-error no network
    environment({ infrastructure: { provider: "openstack", network: { cidr: "10.0.0.0" } } });
    // @ts-expect-error a misspelt field
    environment({ infrastructure: { provider: "openstack", netwrok: {} } });
    // @ts-expect-error a section of which nothing works yet
    environment({ infrastructure: { provider: "openstack" }, cluster: { airGap: { registry: "r" } } });
  });
});
