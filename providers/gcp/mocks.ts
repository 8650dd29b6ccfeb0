import type { Computed } from "../define-cloud";

/** What GCP computes of the resources of our component, for tests that have no provider. */
export const mocks: Computed = {
  "gcp:compute/address:Address": (name, { address }) => ({ address: address ?? `198.51.100.${checksum(name)}` }),
  "gcp:compute/image:Image": linked,
  "gcp:compute/instance:Instance": linked,
  "gcp:compute/disk:Disk": linked,
  "gcp:compute/instanceGroup:InstanceGroup": linked,
  "gcp:compute/regionBackendService:RegionBackendService": linked,
  "gcp:serviceaccount/account:Account": (_name, { accountId, project }) => {
    const email = `${String(accountId)}@${String(project)}.iam.gserviceaccount.com`;
    return { email, member: `serviceAccount:${email}`, name: `projects/${String(project)}/serviceAccounts/${email}` };
  },
  "gcp:projects/iAMCustomRole:IAMCustomRole": (_name, { project, roleId }) => ({
    name: `projects/${String(project)}/roles/${String(roleId)}`,
  }),
};

function linked(name: string): Record<string, unknown> {
  return { selfLink: `${name}-link` };
}

function checksum(text: string): number {
  return [...text].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 250, 7) + 1;
}
