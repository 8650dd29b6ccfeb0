import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress";
import type { ComponentResourceOptions, Resource } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { type PlannedArgs, planned } from "../args";
import { type CertificatePair, certificateAuthority, serverCertificate, trustOf } from "../certificates";
import type { MeshHostClaim } from "../grants";
import { fromIngress, ingressFor, overTls } from "../objects";
import { PlatformService } from "../service";
import type { IstioGatewayArgs } from "./args";
import { GATEWAY, GATEWAY_LABELS, HTTPS_PORT } from "./names";
import { istioGatewayValues } from "./values";

/** Istio's gateway behind the platform's ingress, with a Gateway for each host, which the VirtualServices of one namespace may name. */
export class IstioGateway extends PlatformService {
  /** Where its pods are. */
  readonly namespace: string;
  /** Who they are in the mesh. */
  readonly principal: string;

  constructor(name: string, given: IstioGatewayArgs, opts?: ComponentResourceOptions) {
    const args = planned("istioGateway", given);
    super(serviceType("IstioGateway"), name, args, opts);
    const { plan, ingress, hosts = {} } = args;
    this.namespace = plan.namespace;
    this.principal = `${args.trustDomain}/ns/${plan.namespace}/sa/${GATEWAY}`;
    this.createNamespace("restricted");
    this.allowIngress("allow-ingress", GATEWAY_LABELS, [HTTPS_PORT], fromIngress(ingress));
    this.allowCertificateChecks(ingress);
    this.disruptionBudget("budget", GATEWAY, plan.replicas, GATEWAY_LABELS);
    const release = this.release(istioGatewayValues(plan));
    const authority = args.authority ?? certificateAuthority(this.childName("tls"), "istio-gateway", this);
    for (const [key, host] of Object.entries(hosts)) this.leadIn(key, host, { args, authority, release });
    this.registerOutputs({});
  }

  /** The host at the platform's ingress, which verifies the gateway that it asks, and at the gateway. */
  private leadIn(
    key: string,
    { host, namespace, besides = [], annotations: more = {} }: MeshHostClaim & { readonly namespace: string },
    { args, authority, release }: { args: PlannedArgs<IstioGatewayArgs>; authority: CertificatePair; release: Resource },
  ): void {
    const { certificate, key: privateKey } = serverCertificate(this.childName(key), { dnsNames: [host] }, authority, this);
    const [tls, ca] = [`${key}-tls`, `${key}-ca`];
    const held = this.secret(tls, tls, GATEWAY, { "tls.crt": certificate, "tls.key": privateKey }, "kubernetes.io/tls");
    const trusted = this.secret(ca, ca, GATEWAY, { "ca.crt": trustOf(authority) });
    const server = {
      port: { number: HTTPS_PORT, name: "https", protocol: "HTTPS" },
      hosts: [namespace, ...besides].map((each) => `${each}/${host}`),
      tls: { mode: "SIMPLE", credentialName: tls },
    };
    new CustomResource(
      this.childName(`${key}-gateway`),
      {
        apiVersion: "networking.istio.io/v1",
        kind: "Gateway",
        metadata: this.metadata(key, GATEWAY),
        spec: { selector: { istio: GATEWAY_LABELS.istio }, servers: [server] },
      },
      this.inCluster({ dependsOn: [release, held] }),
    );
    const { annotations, spec } = ingressFor(host, args.ingress, [{ path: "/", service: GATEWAY, port: HTTPS_PORT }]);
    new Ingress(
      this.childName(`${key}-ingress`),
      {
        metadata: this.metadata(key, GATEWAY, {
          // The gateway goes by the name that it is asked for in TLS.
          annotations: {
            ...annotations,
            ...more,
            ...overTls(`${this.namespace}/${ca}`, host),
            "nginx.ingress.kubernetes.io/proxy-ssl-server-name": "on",
          },
        }),
        spec,
      },
      this.inCluster({ dependsOn: [release, trusted] }),
    );
  }
}
