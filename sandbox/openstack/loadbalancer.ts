import { parseAddress } from "../../model/ipv4";
import { type CheckFailure, type Properties, UNKNOWN } from "../../plugin/rpc/provider";
import { ApiError, newId } from "../cloud/cloud";
import { fieldsOf } from "../cloud/fields";
import type { Stored } from "../store";
import { number, text, texts } from "../values";
import { subnetsOf } from "./addresses";
import type { OpenStack, Types } from "./names";
import { internalPort } from "./networking";
import { freeFloatingIps, portAddresses } from "./ports";

const PROTOCOLS = ["TCP", "UDP", "SCTP", "HTTP", "HTTPS"];

/** Octavia's balancers with what hangs on them. */
export const LOADBALANCER: Types = {
  "openstack:loadbalancer/loadBalancer:LoadBalancer": {
    kind: "loadBalancer",
    fields:
      fieldsOf(`name~ description vipSubnetId~* vipNetworkId~* vipPortId~* vipAddress~* loadbalancerProvider~* adminStateUp:b availabilityZone* flavorId~*
      securityGroupIds~:l region~* tags:l tenantId~*`),
    defaults: { adminStateUp: true },
    sets: ["tags", "securityGroupIds"],
    outputs: [],
    references: { vipSubnetId: "subnet", vipNetworkId: "network", vipPortId: "port", securityGroupIds: "secGroup" },
    check(inputs) {
      const given = ["vipSubnetId", "vipNetworkId", "vipPortId"].filter((key) => inputs[key] !== undefined);
      return given.length > 0
        ? []
        : [{ property: "vipSubnetId", reason: `one of "vipNetworkId", "vipPortId", "vipSubnetId" must be given` }];
    },
    create(cloud, inputs) {
      cloud.charge("loadBalancers", 1, cloud.store.list("loadBalancer").length);
      const provider = text(inputs, "loadbalancerProvider");
      const enabled = cloud.existing("loadBalancerProviders");
      if (provider !== "" && enabled.length > 0 && !enabled.includes(provider))
        throw new ApiError(400, `Provider '${provider}' is not enabled.`);
      const id = newId();
      const given = text(inputs, "vipPortId");
      const port =
        given === ""
          ? internalPort(cloud, vipSubnet(cloud, inputs), text(inputs, "vipAddress"), "Octavia", `lb-${id}`)
          : cloud.find("port", given);
      if (given !== "") cloud.store.put("port", { ...port, deviceOwner: "Octavia", deviceId: `lb-${id}` });
      const [address] = portAddresses(port);
      const vip = {
        vipPortId: port.id,
        vipAddress: address?.ipAddress ?? "",
        vipSubnetId: address?.subnetId ?? "",
        vipNetworkId: port.networkId,
        ownPort: given === "",
      };
      return { loadbalancerProvider: "amphora", ...inputs, ...vip, id };
    },
    remove(cloud, object) {
      const children = [...cloud.store.list("listener"), ...cloud.store.list("pool")].filter((one) => one.loadbalancerId === object.id);
      if (children.length > 0) throw new ApiError(409, `Cannot delete Load Balancer ${object.id} - it has children`);
      const port = cloud.store.get("port", text(object, "vipPortId"));
      if (port === undefined) return;
      if (object.ownPort === true) {
        freeFloatingIps(cloud, port.id);
        cloud.store.delete("port", port.id);
      } else {
        cloud.store.put("port", { ...port, deviceId: "", deviceOwner: "" });
      }
    },
  },

  "openstack:loadbalancer/listener:Listener": {
    kind: "listener",
    fields:
      fieldsOf(`loadbalancerId!* protocol!* protocolPort!*:n name~ description defaultPoolId~ allowedCidrs:l connectionLimit~:n adminStateUp:b timeoutClientData~:n
      timeoutMemberConnect~:n timeoutMemberData~:n timeoutTcpInspect~:n insertHeaders:m defaultTlsContainerRef sniContainerRefs:l region~* tags:l tenantId~*`),
    defaults: { adminStateUp: true },
    oneOf: { protocol: [...PROTOCOLS, "TERMINATED_HTTPS", "PROMETHEUS"] },
    sets: ["tags"],
    outputs: [],
    references: { loadbalancerId: "loadBalancer", defaultPoolId: "pool" },
    create(cloud, inputs) {
      const port = number(inputs, "protocolPort");
      if (isOvn(cloud, inputs.loadbalancerId)) {
        refuseByOvn(OVN_PROTOCOLS, inputs.protocol, "protocol");
        if (texts(inputs, "allowedCidrs").length > 0) throw unsupported("OVN provider does not support allowed_cidrs option");
      }
      const others = cloud.store
        .list("listener")
        .filter((one) => one.loadbalancerId === inputs.loadbalancerId && one.protocolPort === port);
      if (others.some((one) => overTcp(one.protocol) === overTcp(inputs.protocol))) {
        throw new ApiError(
          409,
          `Another Listener on this Load Balancer is already using protocol ${overTcp(inputs.protocol) ? "TCP" : text(inputs, "protocol")} and protocol_port ${port}`,
        );
      }
      return {
        connectionLimit: -1,
        timeoutClientData: 50000,
        timeoutMemberConnect: 5000,
        timeoutMemberData: 50000,
        timeoutTcpInspect: 0,
        ...inputs,
        ...sortedCidrs(inputs),
        id: newId(),
      };
    },
    update: (_cloud, object, inputs) => ({ ...object, ...inputs, ...sortedCidrs(inputs), id: object.id }),
  },

  "openstack:loadbalancer/pool:Pool": {
    kind: "pool",
    fields: fieldsOf(
      "protocol!* lbMethod! listenerId* loadbalancerId* name~ description persistence~*:m(cookieName,type) adminStateUp:b region~* tenantId~*",
    ),
    defaults: { adminStateUp: true },
    unread: ["listenerId", "loadbalancerId"],
    imported: ({ listenerId }) => ({ listenerId }),
    oneOf: { protocol: [...PROTOCOLS, "PROXY", "PROXYV2"], lbMethod: ["ROUND_ROBIN", "LEAST_CONNECTIONS", "SOURCE_IP", "SOURCE_IP_PORT"] },
    outputs: [],
    references: { listenerId: "listener", loadbalancerId: "loadBalancer" },
    check(inputs) {
      const given = ["listenerId", "loadbalancerId"].filter((key) => inputs[key] !== undefined);
      return given.length === 1 ? [] : [{ property: "listenerId", reason: `exactly one of "listenerId", "loadbalancerId" must be given` }];
    },
    create(cloud, inputs) {
      const id = newId();
      const listener = text(inputs, "listenerId") === "" ? undefined : cloud.find("listener", text(inputs, "listenerId"));
      if (isOvn(cloud, inputs.loadbalancerId ?? listener?.loadbalancerId)) {
        refuseByOvn(OVN_PROTOCOLS, inputs.protocol, "protocol");
        refuseByOvn(["SOURCE_IP_PORT"], inputs.lbMethod, "algorithm");
      }
      if (text(listener ?? {}, "defaultPoolId") !== "") throw new ApiError(409, `Listener ${listener?.id} already has a default pool`);
      if (listener !== undefined) cloud.store.put("listener", { ...listener, defaultPoolId: id });
      return { ...inputs, loadbalancerId: text(inputs, "loadbalancerId") || text(listener ?? {}, "loadbalancerId"), id };
    },
    remove(cloud, { id }) {
      for (const listener of cloud.store.list("listener").filter((one) => one.defaultPoolId === id)) {
        const { defaultPoolId: _pool, ...rest } = listener;
        cloud.store.put("listener", rest);
      }
      // As Octavia does: members and monitor go with their pool.
      for (const kind of ["member", "monitor"]) {
        for (const one of cloud.store.list(kind)) if (one.poolId === id) cloud.store.delete(kind, one.id);
      }
    },
  },

  "openstack:loadbalancer/member:Member": {
    kind: "member",
    fields: fieldsOf(
      "poolId!* address!* protocolPort!*:n subnetId* name~ weight~:n backup:b monitorAddress monitorPort:n adminStateUp:b region~* tenantId~*",
    ),
    defaults: { adminStateUp: true },
    outputs: [],
    within: { input: "poolId", refusal: "Invalid format specified for Member. Format must be <pool id>/<member id>" },
    references: { poolId: "pool", subnetId: "subnet" },
    check: ({ address }) =>
      typeof address === "string" && address !== UNKNOWN && parseAddress(address) === undefined && !address.includes(":")
        ? [{ property: "address", reason: `"${address}" is no IP address` }]
        : [],
    create(cloud, inputs) {
      const twin = cloud.store.list("member").some((one) => ["poolId", "address", "protocolPort"].every((key) => one[key] === inputs[key]));
      if (twin)
        throw new ApiError(
          409,
          `Another member on this pool is already using ip ${text(inputs, "address")} on protocol_port ${number(inputs, "protocolPort")}`,
        );
      return { weight: 1, ...inputs, id: newId() };
    },
  },

  "openstack:loadbalancer/monitor:Monitor": {
    kind: "monitor",
    fields: fieldsOf(
      `poolId!* type!* delay!:n timeout!:n maxRetries!:n maxRetriesDown~:n name~ httpMethod~ urlPath~ expectedCodes~ adminStateUp:b region~* tenantId~*`,
    ),
    defaults: { adminStateUp: true },
    oneOf: { type: ["TCP", "UDP-CONNECT", "HTTP", "HTTPS", "TLS-HELLO", "PING"] },
    outputs: [],
    references: { poolId: "pool" },
    check: checkMonitor,
    create(cloud, inputs) {
      const poolId = text(inputs, "poolId");
      if (isOvn(cloud, cloud.find("pool", poolId).loadbalancerId)) refuseByOvn(["TCP", "UDP-CONNECT"], inputs.type, "health monitor type");
      if (cloud.store.list("monitor").some((one) => one.poolId === poolId))
        throw new ApiError(409, `This pool already has a health monitor (${poolId})`);
      return { maxRetriesDown: 3, ...inputs, id: newId() };
    },
  },
};

const OVN_PROTOCOLS = ["TCP", "UDP", "SCTP"];

/** Whether a balancer is OVN's own, which knows less than one that is a machine. */
function isOvn(cloud: OpenStack, loadbalancerId: unknown): boolean {
  return cloud.store.get("loadBalancer", String(loadbalancerId))?.loadbalancerProvider === "ovn";
}

function refuseByOvn(known: readonly string[], value: unknown, what: string): void {
  if (!known.includes(String(value))) throw unsupported(`OVN provider does not support ${String(value)} ${what}`);
}

function unsupported(why: string): ApiError {
  return new ApiError(501, `Provider 'ovn' does not support a requested option: ${why}`);
}

/** Octavia gives them back as its database has them. */
function sortedCidrs(inputs: Properties): Properties {
  return inputs.allowedCidrs === undefined ? {} : { allowedCidrs: texts(inputs, "allowedCidrs").sort() };
}

function overTcp(protocol: unknown): boolean {
  return protocol !== "UDP" && protocol !== "SCTP";
}

function vipSubnet(cloud: OpenStack, inputs: Properties): Stored {
  const subnetId = text(inputs, "vipSubnetId");
  if (subnetId !== "") return cloud.find("subnet", subnetId);
  const [subnet] = subnetsOf(cloud, text(inputs, "vipNetworkId"));
  if (subnet === undefined) throw new ApiError(400, `Validation failure: Supplied network does not contain a subnet.`);
  return subnet;
}

function checkMonitor(inputs: Properties): CheckFailure[] {
  const [delay, timeout, retries] = [number(inputs, "delay"), number(inputs, "timeout"), number(inputs, "maxRetries")];
  if (delay !== undefined && timeout !== undefined && timeout > delay)
    return [{ property: "timeout", reason: `must not be greater than delay (${timeout} > ${delay})` }];
  if (retries !== undefined && (retries < 1 || retries > 10))
    return [{ property: "maxRetries", reason: `must be from 1 to 10, got ${retries}` }];
  return [];
}
