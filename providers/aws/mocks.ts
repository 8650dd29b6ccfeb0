import type { Computed } from "../define-cloud";

/** What AWS computes of the resources of our component, for tests that have no provider. */
export const mocks: Computed = {
  "aws:ec2/eip:Eip": (name) => ({ publicIp: `198.51.100.${checksum(name)}` }),
  "aws:ec2/instance:Instance": (name) => ({ arn: `arn:aws:ec2:::instance/${name}`, primaryNetworkInterfaceId: `${name}-eni` }),
  "aws:lb/loadBalancer:LoadBalancer": (name) => ({ arn: `${name}-id`, dnsName: `${name}.elb.example.org` }),
  "aws:lb/targetGroup:TargetGroup": (name) => ({ arn: `${name}-id` }),
  "aws:lb/listener:Listener": (name) => ({ arn: `${name}-id` }),
  "aws:iam/role:Role": (name) => ({ arn: `arn:aws:iam::123456789012:role/${name}` }),
};

function checksum(text: string): number {
  return [...text].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 250, 7) + 1;
}
