import { USER_HEADER } from "./login";
import { FOLDERS, inside, NAMES, PORTS, TRUST } from "./names";

/** One of its ports, at which it shows Kubeflow's certificate. */
interface Listener {
  readonly name: string;
  readonly port: number;
  /** Between the request and its way on. */
  readonly filters: readonly object[];
  readonly routes: readonly object[];
  /** More of how it takes requests. */
  readonly takes?: object;
  readonly removes?: readonly string[];
}

/** Whom it hands requests on to, whose certificate it verifies. */
interface Upstream {
  readonly name: string;
  readonly service: string;
  readonly port: number;
  readonly http: "http_protocol_options" | "http2_protocol_options";
}

const type = (name: string) => ({ "@type": `type.googleapis.com/envoy.${name}` });
const filter = (name: string, kind: string) => ({
  name: `envoy.filters.http.${name}`,
  typed_config: type(`extensions.filters.http.${name}.v3.${kind}`),
});
const file = (folder: string, name: string) => ({ filename: `${folder}/${name}` });
const at = (address: string, port_value: number) => ({ socket_address: { address, port_value } });

function listener({ name, port, filters, routes, takes = {}, removes }: Listener): object {
  const certificate = { certificate_chain: file(FOLDERS.tls, "tls.crt"), private_key: file(FOLDERS.tls, "tls.key") };
  return {
    name,
    address: at("0.0.0.0", port),
    filter_chains: [
      {
        transport_socket: {
          name: "envoy.transport_sockets.tls",
          typed_config: {
            ...type("extensions.transport_sockets.tls.v3.DownstreamTlsContext"),
            common_tls_context: { tls_certificates: [certificate], alpn_protocols: ["h2", "http/1.1"] },
          },
        },
        filters: [
          {
            name: "envoy.filters.network.http_connection_manager",
            typed_config: {
              ...type("extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
              stat_prefix: name,
              ...takes,
              route_config: {
                ...(removes === undefined ? {} : { request_headers_to_remove: removes }),
                virtual_hosts: [{ name: "metadata", domains: ["*"], routes }],
              },
              http_filters: [...filters, filter("router", "Router")],
            },
          },
        ],
      },
    ],
  };
}

function cluster(namespace: string, { name, service, port, http }: Upstream): object {
  const host = inside(service, namespace);
  return {
    name,
    type: "LOGICAL_DNS",
    connect_timeout: "30s",
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address: at(host, port) } }] }] },
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        ...type("extensions.upstreams.http.v3.HttpProtocolOptions"),
        explicit_http_config: { [http]: {} },
      },
    },
    transport_socket: {
      name: "envoy.transport_sockets.tls",
      typed_config: {
        ...type("extensions.transport_sockets.tls.v3.UpstreamTlsContext"),
        sni: host,
        common_tls_context: {
          validation_context: {
            trusted_ca: file(FOLDERS.trust, TRUST.inside),
            match_typed_subject_alt_names: [{ san_type: "DNS", matcher: { exact: host } }],
          },
        },
      },
    },
  };
}

/** Envoy between browsers and the metadata store, which speaks gRPC only. It knows whom it meets there, and is administered by nobody. */
export function metadataWebSettings(namespace: string): string {
  const route = { cluster: "metadata", max_stream_duration: { grpc_timeout_header_max: "0s" } };
  const web = { name: "web", port: PORTS.metadataWeb, filters: [filter("grpc_web", "GrpcWeb")] };
  return JSON.stringify({
    static_resources: {
      listeners: [listener({ ...web, routes: [{ match: { prefix: "/" }, route }] })],
      clusters: [cluster(namespace, { name: "metadata", service: NAMES.metadata, port: PORTS.metadata, http: "http2_protocol_options" })],
    },
  });
}

/**
 * What the API server may be asked for from outside of its namespace. It asks nobody who they are before it shows a pod's log, or what it
 * remembers of steps, and reads artifacts with a key for everybody's: those are not among them, and nothing with an escaped letter in their place.
 * Several expressions, since Envoy does not start with one whose program is longer than 100 steps.
 */
const ASKED_FOR: readonly string[] = [
  "/apis/v[12]beta1/(healthz|auth|experiments|jobs)([/:].*)?",
  "/apis/v[12]beta1/(recurringruns|pipelines|pipeline_versions|namespaces)([/:].*)?",
  "/apis/v[12]beta1/runs(/[^/%]+)?",
];

/** Envoy before the API server: who somebody is by the gate's word the UI alone may say, at a port of its own. */
export function doorSettings(namespace: string): string {
  const routes = ASKED_FOR.map((regex) => ({
    match: { safe_regex: { regex } },
    // Pipelines are uploaded as files.
    route: { cluster: "api", timeout: "300s" },
  }));
  // A path that the API server would read otherwise than the rule above is no path.
  const takes = { normalize_path: true, merge_slashes: true, path_with_escaped_slashes_action: "REJECT_REQUEST" };
  return JSON.stringify({
    static_resources: {
      listeners: [
        listener({ name: "programs", port: PORTS.door, filters: [], routes, takes, removes: [USER_HEADER] }),
        listener({ name: "ui", port: PORTS.doorOfUi, filters: [], routes, takes }),
      ],
      clusters: [cluster(namespace, { name: "api", service: NAMES.api, port: PORTS.api, http: "http_protocol_options" })],
    },
  });
}
