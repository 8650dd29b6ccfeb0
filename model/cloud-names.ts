/**
 * The clouds that machines can come from, in the order in which they are told; providers/clouds.ts has them themselves, and the compiler holds it to
 * these. They stand here because the command line offers them before it has loaded any.
 */
export const cloudNames = ["openstack", "nhn", "aws", "gcp", "azure", "vsphere", "existing"] as const;
