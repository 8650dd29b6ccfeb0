import type { ServiceArgs } from "../args";

/** Arguments of {@link CloudNativePg}. */
export interface CloudNativePgArgs extends ServiceArgs {}
