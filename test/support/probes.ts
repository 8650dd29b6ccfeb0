import type { Probe } from "./reachability";

const tcp = (port: number): Probe => ({ protocol: 6, port });
const udp = (port: number): Probe => ({ protocol: 17, port });

/** Every port that something listens at, its neighbours, and some that nobody has anything at. */
export const PROBES: readonly Probe[] = [
  ...[22, 23, 53, 80, 81, 111, 123, 179, 443, 1024, 2049, 2378, 2379, 2380, 2381, 4240, 5473, 6443, 6444, 7472, 7946, 8081, 8443].map(tcp),
  ...[9100, 10_248, 10_250, 10_255, 10_256, 10_257, 10_259, 30_000, 30_080, 30_443, 32_767, 65_535].map(tcp),
  ...[53, 67, 111, 123, 4789, 7946, 8472, 30_080, 51_820].map(udp),
  ...[1, 4, 112].map((protocol) => ({ protocol })),
];

/** Who and what is outside, by its address. */
export const OUTSIDE = { administrator: "203.0.113.7", visitor: "198.51.100.7", metadata: "169.254.169.254" };
