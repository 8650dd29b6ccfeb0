/** Its Deployment and Service. */
export const WORKLOAD = "jaeger";

/** By which Telemetry objects of Istio's name it. */
export const COLLECTOR = "platform-traces";

/** Where its pod takes traces, shows them, and says how it is. */
export const PORTS = { otlp: 4317, query: 16686, health: 13133 } as const;

/** Where it says what it counts, within its pod alone: its proxy in the mesh asks it. */
export const METRICS_PORT = 8888;
