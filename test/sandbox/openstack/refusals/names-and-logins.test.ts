import type { Properties } from "../../../../plugin/rpc/provider";
import type { TestCloud } from "../fixture";
import { NOWHERE, refusesToCreate } from "../refused";

refusesToCreate([
  {
    what: "a record of a zone that is not there",
    type: "recordSet",
    inputs: () => ({ zoneId: NOWHERE, name: "a.example.org.", type: "A", records: ["10.0.0.1"] }),
    says: /404: Zone .* could not be found/,
  },
  {
    what: "a record outside its zone",
    type: "recordSet",
    inputs: async (c) => ({ ...(await record(c)), name: "a.example.com." }),
    says: /a\.example\.com\. is not in the zone example\.org\./,
  },
  { what: "a record of no address", type: "recordSet", inputs: async (c) => ({ ...(await record(c)), records: ["host"] }), says: /IPv4/ },
  {
    what: "a record there is already",
    type: "recordSet",
    inputs: async (c) => {
      await c.create("recordSet", await record(c));
      return { ...(await record(c)), records: ["10.0.0.2"] };
    },
    says: /409: Duplicate RecordSet/,
  },
  {
    what: "a login with a role that its maker lacks",
    type: "credential",
    inputs: () => ({ name: "ours", roles: ["member", "admin"] }),
    says: /400: Invalid application credential: Cannot create an application credential with unassigned role/,
  },
  {
    what: "a second login of a name",
    type: "credential",
    inputs: async (c) => {
      await c.create("credential", { name: "ours" });
      return { name: "ours" };
    },
    says: /409: .*application_credential - Duplicate entry/,
  },
]);

async function record(cloud: TestCloud): Promise<Properties> {
  const { properties } = await cloud.client.invoke("openstack:dns/getDnsZone:getDnsZone", { name: "example.org." });
  return { zoneId: properties.id, name: "a.example.org.", type: "A", records: ["10.0.0.1"] };
}
