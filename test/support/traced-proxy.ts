/**
 * Settings of an Envoy that tells a collector of requests as Istio sets its proxies up by `extensionProviders: [{ opentelemetry }]` (OTLP by
 * gRPC; of whatever a client asks for), but of none by chance. It answers everything itself.
 */
export function proxySettings(port: number, collector: number): object {
  const typed = (type: string, settings: object) => ({ "@type": `type.googleapis.com/${type}`, ...settings });
  const cluster = "outbound|4317||jaeger.tracing.svc.cluster.local";
  const address = (at: number) => ({ socket_address: { address: "127.0.0.1", port_value: at } });
  const provider = {
    name: "envoy.tracers.opentelemetry",
    typed_config: typed("envoy.config.trace.v3.OpenTelemetryConfig", {
      service_name: "shop",
      grpc_service: { envoy_grpc: { cluster_name: cluster, authority: "jaeger.tracing.svc.cluster.local" } },
    }),
  };
  const all = { value: 100 };
  const manager = typed("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", {
    stat_prefix: "in",
    tracing: { provider, client_sampling: all, random_sampling: { value: 0 }, overall_sampling: all },
    route_config: {
      virtual_hosts: [{ name: "all", domains: ["*"], routes: [{ match: { prefix: "/" }, direct_response: { status: 200 } }] }],
    },
    http_filters: [{ name: "router", typed_config: typed("envoy.extensions.filters.http.router.v3.Router", {}) }],
  });
  const http2 = typed("envoy.extensions.upstreams.http.v3.HttpProtocolOptions", { explicit_http_config: { http2_protocol_options: {} } });
  return {
    static_resources: {
      listeners: [{ name: "in", address: address(port), filter_chains: [{ filters: [{ name: "http", typed_config: manager }] }] }],
      clusters: [
        {
          ...{ name: cluster, type: "STATIC", connect_timeout: "1s" },
          typed_extension_protocol_options: { "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": http2 },
          load_assignment: { cluster_name: cluster, endpoints: [{ lb_endpoints: [{ endpoint: { address: address(collector) } }] }] },
        },
      ],
    },
  };
}
