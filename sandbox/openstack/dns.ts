import { parseAddress } from "../../model/ipv4";
import { ApiError, newId } from "../cloud/cloud";
import { fieldsOf } from "../cloud/fields";
import { number, text, texts } from "../values";
import type { OpenStack, Types } from "./names";

/** Records in the zones of the name service. */
export const DNS: Types = {
  "openstack:dns/recordSet:RecordSet": {
    kind: "recordSet",
    fields: fieldsOf("zoneId!* name~* records!:l type~* ttl~:n description disableStatusCheck:b projectId~* region~* valueSpecs*:m"),
    defaults: { disableStatusCheck: false },
    sets: ["records"],
    unread: ["disableStatusCheck", "valueSpecs"],
    outputs: [],
    references: { zoneId: "dnsZone" },
    create(cloud, inputs) {
      const [zoneId, name, type] = ["zoneId", "name", "type"].map((key) => text(inputs, key));
      const zone = text(cloud.find("dnsZone", zoneId ?? ""), "name");
      if (!`.${name}`.endsWith(`.${zone}`)) throw new ApiError(400, `Invalid recordset name: ${name} is not in the zone ${zone}`);
      refuseRecords(type ?? "", inputs);
      const twin = cloud.store.list("recordSet").some((one) => one.zoneId === zoneId && one.name === name && one.type === type);
      if (twin) throw new ApiError(409, "Duplicate RecordSet");
      return { ttl: 3600, ...inputs, id: `${zoneId}/${newId()}` };
    },
    update(_cloud: OpenStack, object, inputs) {
      refuseRecords(text(inputs, "type"), inputs);
      return { ...object, ...inputs, id: object.id };
    },
  },
};

function refuseRecords(type: string, inputs: Readonly<Record<string, unknown>>): void {
  const records = texts(inputs, "records");
  const ttl = number(inputs, "ttl");
  if (records.length === 0) throw new ApiError(400, "Provided object does not match schema: 'records' is too short");
  if (type === "A" && records.some((record) => parseAddress(record) === undefined))
    throw new ApiError(400, "Provided object does not match schema: a record of type A is an IPv4 address");
  if (ttl !== undefined && (ttl < 1 || ttl > 2_147_483_647)) throw new ApiError(400, `Invalid TTL: ${ttl}`);
}
