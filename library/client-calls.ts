// Made of the service's OpenAPI document (server/http/openapi.ts) by test/library/client.test.ts: do not edit.
export interface paths {
  "/accounts": {
    /**
     * Cloud accounts
     * @description Takes the role viewer.
     */
    get: operations["listAccounts"];
    /**
     * Adds a cloud account
     * @description Takes the role administrator.
     */
    post: operations["createAccount"];
    /**
     * Renames a cloud account
     * @description Takes the role administrator.
     */
    patch: operations["renameAccount"];
  };
  "/accounts/{resourceUid}": {
    /**
     * A cloud account
     * @description Takes the role viewer.
     */
    get: operations["readAccount"];
    /**
     * Removes a cloud account
     * @description Takes the role administrator.
     */
    delete: operations["deleteAccount"];
  };
  "/accounts/provider/{providerType}": {
    /**
     * Accounts of one cloud
     * @description Takes the role viewer.
     */
    get: operations["listAccountsOfProvider"];
  };
  "/accounts/provider/info": {
    /**
     * Which credentials each cloud takes
     * @description Takes the role viewer.
     */
    get: operations["readProviderForms"];
  };
  "/accounts/provider/info/{providerType}": {
    /**
     * Which credentials a cloud takes
     * @description Takes the role viewer.
     */
    get: operations["readProviderForm"];
  };
  "/api/v1/accounts": {
    /**
     * Cloud accounts, without their credentials
     * @description Takes the role administrator.
     */
    get: operations["listCloudAccounts"];
    /**
     * Adds a cloud account
     * @description Takes the role administrator.
     */
    post: operations["addCloudAccount"];
  };
  "/api/v1/accounts/{id}": {
    /**
     * A cloud account
     * @description Takes the role administrator.
     */
    get: operations["readCloudAccount"];
    /**
     * Removes an account that nothing logs in by
     * @description Takes the role administrator.
     */
    delete: operations["removeCloudAccount"];
    /**
     * Changes what is given of an account; credentials that are left out stay
     * @description Takes the role administrator.
     */
    patch: operations["changeCloudAccount"];
  };
  "/api/v1/accounts/{id}/test": {
    /**
     * Logs in to the cloud by an account, and does nothing else there
     * @description Takes the role administrator.
     */
    post: operations["testCloudAccount"];
  };
  "/api/v1/accounts/forms": {
    /**
     * What an account of each cloud consists of
     * @description Takes the role administrator.
     */
    get: operations["listAccountForms"];
  };
  "/api/v1/audit": {
    /**
     * What was done, oldest first
     * @description Takes the role administrator.
     */
    get: operations["listAudit"];
  };
  "/api/v1/audit/verification": {
    /**
     * Whether the trail is whole
     * @description Takes the role administrator.
     */
    get: operations["verifyAudit"];
  };
  "/api/v1/environments": {
    /**
     * Environments, by name
     * @description Takes the role viewer.
     */
    get: operations["listEnvironments"];
  };
  "/api/v1/environments/{name}": {
    /**
     * An environment, what is wrong with it, what it consists of, and who has changed it
     * @description Takes the role viewer.
     */
    get: operations["readEnvironment"];
    /**
     * Makes or changes an environment's file, with its lock, as a commit of whoever asks; nothing is begun
     * @description Takes the role operator.
     */
    put: operations["writeEnvironment"];
    /**
     * Takes an environment's file away, where nothing of it stands
     * @description Takes the role operator.
     */
    delete: operations["removeEnvironment"];
  };
  "/api/v1/environments/{name}/kubeconfig": {
    /**
     * A kubeconfig whose credentials end soon
     * @description Takes the role operator.
     */
    post: operations["issueKubeconfig"];
  };
  "/api/v1/environments/{name}/operations": {
    /**
     * Asks for an operation; one that changes something is planned, and waits for an approval of its plan
     * @description Takes the role operator.
     */
    post: operations["askForOperation"];
  };
  "/api/v1/environments/{name}/scale": {
    /**
     * Writes another number of machines into the file, and asks for an up
     * @description Takes the role operator.
     */
    post: operations["scaleEnvironment"];
  };
  "/api/v1/environments/{name}/upgrade": {
    /**
     * Writes another release, or version of Kubernetes, into the file, and asks for an up
     * @description Takes the role operator.
     */
    post: operations["upgradeEnvironment"];
  };
  "/api/v1/events": {
    /**
     * What has become of operations, in order; as a stream what follows from now on
     * @description Takes the role viewer.
     */
    get: operations["readEvents"];
  };
  "/api/v1/me": {
    /**
     * Who asks, and what they may do
     * @description Takes the role viewer.
     */
    get: operations["readMe"];
  };
  "/api/v1/operations": {
    /**
     * Operations, oldest first
     * @description Takes the role viewer.
     */
    get: operations["listOperations"];
  };
  "/api/v1/operations/{id}": {
    /**
     * An operation
     * @description Takes the role viewer.
     */
    get: operations["readOperation"];
  };
  "/api/v1/operations/{id}/approval": {
    /**
     * Agrees to an operation's plan: it is carried out, if it still does that and nothing else
     * @description Takes the role approver.
     */
    post: operations["approveOperation"];
  };
  "/api/v1/operations/{id}/cancel": {
    /**
     * Ends one: at once where it waits, else once its step has ended
     * @description Takes the role operator.
     */
    post: operations["cancelOperation"];
  };
  "/api/v1/operations/{id}/log": {
    /**
     * What an operation has said, line by line
     * @description Takes the role viewer.
     */
    get: operations["readLog"];
  };
  "/api/v1/operations/{id}/plan": {
    /**
     * What an operation would do, and what an approval of it has to name
     * @description Takes the role viewer.
     */
    get: operations["readPlan"];
  };
  "/api/v1/operations/{id}/rejection": {
    /**
     * Ends an operation that waits for an approval
     * @description Takes the role viewer.
     */
    post: operations["rejectOperation"];
  };
  "/api/v1/operations/{id}/retry": {
    /**
     * Does one that failed again, from the step at which it stopped
     * @description Takes the role operator.
     */
    post: operations["retryOperation"];
  };
  "/api/v1/webhooks": {
    /**
     * Webhooks, without their secrets
     * @description Takes the role administrator.
     */
    get: operations["listWebhooks"];
    /**
     * Adds one; its secret is in this answer alone
     * @description Takes the role administrator.
     */
    post: operations["addWebhook"];
  };
  "/api/v1/webhooks/{id}": {
    /**
     * Removes one, and what was to be delivered
     * @description Takes the role administrator.
     */
    delete: operations["removeWebhook"];
  };
  "/api/v1/webhooks/{id}/deliveries": {
    /**
     * What was delivered, newest first
     * @description Takes the role administrator.
     */
    get: operations["listDeliveries"];
  };
  "/clusters": {
    /**
     * Clusters
     * @description Takes the role viewer.
     */
    get: operations["listClusters"];
    /**
     * Makes a cluster of a template's text, or registers one
     * @description Takes the role administrator.
     */
    post: operations["createCluster"];
    /**
     * Changes a cluster's name and description
     * @description Takes the role administrator.
     */
    patch: operations["changeCluster"];
  };
  "/clusters/{cluster}": {
    /**
     * A cluster
     * @description Takes the role viewer.
     */
    get: operations["readCluster"];
    /**
     * Forgets a cluster, as K-PaaS does: its machines and its environment stay
     * @description Takes the role administrator.
     */
    delete: operations["forgetCluster"];
  };
  "/clusters/{cluster}/keys": {
    /**
     * SSH keys
     * @description Takes the role viewer.
     */
    get: operations["listKeys"];
    /**
     * Renames an SSH key
     * @description Takes the role administrator.
     */
    put: operations["renameKey"];
    /**
     * Adds an SSH key
     * @description Takes the role administrator.
     */
    post: operations["createKey"];
  };
  "/clusters/{cluster}/keys/{resourceUid}": {
    /**
     * An SSH key
     * @description Takes the role viewer.
     */
    get: operations["readKey"];
    /**
     * Removes an SSH key
     * @description Takes the role administrator.
     */
    delete: operations["deleteKey"];
  };
  "/clusters/{cluster}/keys/provider/{providerType}": {
    /**
     * SSH keys of one cloud
     * @description Takes the role viewer.
     */
    get: operations["listKeysOfProvider"];
  };
  "/clusters/check": {
    /**
     * Whether the service answers (Terraman)
     * @description Takes the role viewer.
     */
    get: operations["checkTerraman"];
  };
  "/clusters/create": {
    /**
     * Begins to make a cluster (Terraman)
     * @description Takes the role administrator.
     */
    post: operations["beginCluster"];
  };
  "/clusters/create/{processGb}": {
    /**
     * Begins to make a cluster (Terraman)
     * @description Takes the role administrator.
     */
    post: operations["beginClusterAs"];
  };
  "/clusters/logs/{cluster}": {
    /**
     * How a cluster came to be, newest line first
     * @description Takes the role viewer.
     */
    get: operations["readClusterLog"];
  };
  "/healthz": {
    /** Whether the process lives */
    get: operations["isAlive"];
  };
  "/metrics": {
    /**
     * What the service does, in Prometheus' format
     * @description Takes the role viewer.
     */
    get: operations["readMetrics"];
  };
  "/openapi.json": {
    /** The OpenAPI document of these calls */
    get: operations["readDocument"];
  };
  "/readyz": {
    /** Whether the service can do its work: its database answers, it has read the environments' files once, and it is not about to end */
    get: operations["isReady"];
  };
  "/templates": {
    /**
     * Templates of clusters
     * @description Takes the role viewer.
     */
    get: operations["listTemplates"];
    /**
     * Changes a template
     * @description Takes the role administrator.
     */
    put: operations["changeTemplate"];
    /**
     * Adds a template
     * @description Takes the role administrator.
     */
    post: operations["createTemplate"];
  };
  "/templates/{resourceUid}": {
    /**
     * A template
     * @description Takes the role viewer.
     */
    get: operations["readTemplate"];
    /**
     * Removes a template
     * @description Takes the role administrator.
     */
    delete: operations["deleteTemplate"];
  };
  "/templates/provider/{providerType}": {
    /**
     * Templates for one cloud
     * @description Takes the role viewer.
     */
    get: operations["listTemplatesOfProvider"];
  };
}
export interface components {
  schemas: {
    /** @description A cloud account, without its credentials. */
    Account: {
      created: string;
      /** @description Environments whose operations log in by it. */
      environments: string[];
      id: number;
      modified: string;
      name: string;
      project?: string;
      /**
       * @description The cloud, as K-PaaS calls it; those that it knows nothing of are called alike.
       * @enum {string}
       */
      provider: "AWS" | "OPENSTACK" | "NAVER" | "NHN" | "KT" | "GCP" | "AZURE" | "VSPHERE";
      region?: string;
      site?: string;
    };
    /** @description What an account of a cloud consists of. */
    AccountForm: {
      credentials: string[];
      /** @description Whether clusters are made there; else they are registered only. */
      makes: boolean;
      /** @description Which of region, project and site have to be given. */
      needs: string[];
      /**
       * @description The cloud, as K-PaaS calls it; those that it knows nothing of are called alike.
       * @enum {string}
       */
      provider: "AWS" | "OPENSTACK" | "NAVER" | "NHN" | "KT" | "GCP" | "AZURE" | "VSPHERE";
    };
    /** @description An entry of the audit trail. */
    AuditEntry: {
      action: string;
      actor: string;
      at: string;
      detail: {
        [key: string]: string | number | boolean;
      };
      hash: string;
      number: number;
      previous: string;
      target: string;
    };
    /** @description Whether the audit trail is whole. */
    AuditVerification: {
      entries: number;
      faults: string[];
      heads: number;
    };
    /** @description What a webhook was told, or is to be. */
    Delivery: {
      delivered?: string;
      due: string;
      event: number;
      /** Format: uuid */
      id: string;
      reason?: string;
      /** @enum {string} */
      state: "waiting" | "done" | "failed";
      status?: number;
      tries: number;
    };
    /** @description An environment as lists tell of it. */
    Environment: {
      /** @description When the first of its certificates ends, as the last look at its health found. */
      certificatesUntil?: string;
      /** @description What the last look for drift found. */
      drift?: {
        /** @description ISO 8601, in UTC. */
        at: string;
        drifted: boolean;
      };
      kubernetes?: string;
      labels: {
        [key: string]: string;
      };
      /** @description The last operation. */
      last?: {
        /** @description ISO 8601, in UTC. */
        ended?: string;
        /** Format: uuid */
        id: string;
        /** @enum {string} */
        kind: "preview" | "up" | "destroy" | "drift" | "refresh" | "health";
        /** @enum {string} */
        state: "waiting" | "running" | "planned" | "done" | "failed" | "cancelled" | "rejected";
      };
      /** @enum {string} */
      lock?: "current" | "missing" | "outdated";
      /** @description How many its plan has; missing where it cannot be planned. */
      machines?: number;
      name: string;
      /**
       * Format: uuid
       * @description The one that is open.
       */
      operation?: string;
      provider?: string;
      release?: string;
      /**
       * @description As its last operation that changed something has left it; `planned` waits for an approval, `new` was never brought up here.
       * @enum {string}
       */
      state: "new" | "up" | "failed" | "gone" | "planned" | "working";
    };
    /** @description A turn of an operation. */
    Event: {
      /** @description ISO 8601, in UTC. */
      at: string;
      environment: string;
      id: number;
      /** @enum {string} */
      kind: "preview" | "up" | "destroy" | "drift" | "refresh" | "health";
      /** Format: uuid */
      operation: string;
      reason?: string;
      /** @enum {string} */
      state: "waiting" | "running" | "planned" | "done" | "failed" | "cancelled" | "rejected";
      step?: string;
    };
    /** @description That it is well. */
    Health: {
      /** @constant */
      status: "ok";
    };
    KPaaSAccount: {
      /** @description In Seoul's time, `2026-11-28 18:00:00`. */
      created: string | null;
      detailMessage: string | null;
      httpStatusCode: number | null;
      id: number;
      /** @description In Seoul's time, `2026-11-28 18:00:00`. */
      lastModified: string | null;
      name: string | null;
      project: string | null;
      provider: string | null;
      /** @description Secrets come back in no answer. */
      providerInfo: null;
      region: string | null;
      resultCode: ("SUCCESS" | "FAIL") | null;
      resultMessage: string | null;
      site: string | null;
    };
    KPaaSCluster: {
      clusterApiUrl: string | null;
      clusterId: string | null;
      /** @description Secrets come back in no answer. */
      clusterToken: null;
      clusterType: string | null;
      /** @description In Seoul's time, `2026-11-28 18:00:00`. */
      created: string | null;
      description: string | null;
      detailMessage: string | null;
      httpStatusCode: number | null;
      isActive: boolean;
      /** @description Of one that has just been registered: what it said of itself. Else null. */
      kubernetesVersion: string | null;
      /** @description In Seoul's time, `2026-11-28 18:00:00`. */
      lastModified: string | null;
      name: string | null;
      namespace: null;
      /** @description Likewise. */
      nodeCount: number | null;
      podCount: null;
      providerType: string | null;
      resultCode: ("SUCCESS" | "FAIL") | null;
      resultMessage: string | null;
      sshKey: string | null;
      /**
       * @description Being made, available, failed.
       * @enum {string}
       */
      status: "C" | "A" | "D";
      userAuthId: null;
    };
    /** @description What is wrong, as K-PaaS's programs tell it. */
    KPaaSFailure: {
      detailMessage: string;
      httpStatusCode: number | null;
      nextActionUrl: string;
      /** @constant */
      resultCode: "FAIL";
      resultMessage: string;
    };
    KPaaSKey: {
      /** @description In Seoul's time, `2026-11-28 18:00:00`. */
      created: string | null;
      detailMessage: string | null;
      httpStatusCode: number | null;
      id: number;
      /** @description In Seoul's time, `2026-11-28 18:00:00`. */
      lastModified: string | null;
      name: string | null;
      /** @description Secrets come back in no answer. */
      privateKey: null;
      provider: string | null;
      resultCode: ("SUCCESS" | "FAIL") | null;
      resultMessage: string | null;
    };
    KPaaSTemplate: {
      /** @description In Seoul's time, `2026-11-28 18:00:00`. */
      created: string | null;
      detailMessage: string | null;
      hclScript: string | null;
      httpStatusCode: number | null;
      id: number;
      /** @description In Seoul's time, `2026-11-28 18:00:00`. */
      lastModified: string | null;
      name: string | null;
      provider: string | null;
      region: string | null;
      resultCode: ("SUCCESS" | "FAIL") | null;
      resultMessage: string | null;
    };
    /** @description A line that an operation has said. */
    Line: {
      /** @description ISO 8601, in UTC. */
      at: string;
      number: number;
      step: string;
      text: string;
    };
    /** @description Who asks, and what they may do. */
    Me: {
      id: string;
      /** @description In all environments; elsewhere it goes by their labels. */
      may: {
        administer: boolean;
        approve: boolean;
        operate: boolean;
        view: boolean;
      };
      name: string;
      roles: {
        label?: {
          name: string;
          value: string;
        };
        /** @enum {string} */
        role: "viewer" | "operator" | "approver" | "administrator";
      }[];
    };
    /** @description An operation: `planned` waits for an approval. */
    Operation: {
      /** @description Dangerous changes that were agreed to, `KEY:ACTION@FINGERPRINT`. */
      approvals: string[];
      approvedBy?: string;
      askedBy: string;
      cancelledBy?: string;
      /** @description That of the environment's file that it goes by. */
      commit?: string;
      /** @description ISO 8601, in UTC. */
      created: string;
      /** @description ISO 8601, in UTC. */
      ended?: string;
      environment: string;
      /** Format: uuid */
      id: string;
      /** @enum {string} */
      kind: "preview" | "up" | "destroy" | "drift" | "refresh" | "health";
      needsApproval: boolean;
      /** @description Why it failed, or was rejected. */
      reason?: string;
      rejectedBy?: string;
      result?: components["schemas"]["Result"];
      /** @description ISO 8601, in UTC. */
      started?: string;
      /** @enum {string} */
      state: "waiting" | "running" | "planned" | "done" | "failed" | "cancelled" | "rejected";
      /** @description The step that was begun last. */
      step?: string;
      /** @description What it is for, such as `scale worker to 3`. */
      title?: string;
    };
    /** @description What an operation would do. */
    Plan: {
      /** @description Dangerous changes: an approval names each of them. */
      approvals: {
        approval: string;
        name: string;
        path: string;
        reason: string;
      }[];
      /** @description What is created, changed, rebuilt and deleted, by machine and service. */
      changes: {
        detail: string;
        effect: string;
        what: string;
      }[];
      commit: string;
      counts?: {
        create: number;
        delete: number;
        replace: number;
        same: number;
        update: number;
      };
      /** @description Of all of this: what an approval names. */
      digest: string;
      environment: string;
      /** @description What the run is held against. */
      fingerprint: string;
      /** @description Whether somebody else than who asked has to approve. */
      fourEyes: boolean;
      /** @description Of a destroy: what stays. */
      kept: string[];
      /** @enum {string} */
      kind: "preview" | "up" | "destroy" | "drift" | "refresh" | "health";
      /** @description Of a destroy: the data that go. */
      lost: string[];
      /** @description All that an approval has to name. */
      needs: string[];
      /** Format: uuid */
      operation: string;
      /** @description What is lost, moved or restarted. */
      risks: {
        detail: string;
        effect: string;
        what: string;
      }[];
      steps: {
        command: string;
        minutes: {
          basis: string;
          from: number;
          to: number;
        };
        playbook: string;
        reason: string;
        workloads: string;
      }[];
    };
    /** @description What is wrong (RFC 9457); `type` is `urn:kpaas:problem:` and its kind. */
    Problem: {
      detail?: string;
      problems?: {
        path: string;
        reason: string;
        remedy?: string;
      }[];
      requestId: string;
      status: number;
      title: string;
      type: string;
    };
    /** @description What came of an operation, in numbers. */
    Result: {
      /** @description When the first of the cluster's certificates ends. */
      certificatesUntil?: string;
      /** @description Resources; of a drift, those that differ. */
      counts?: {
        create: number;
        delete: number;
        replace: number;
        same: number;
        update: number;
      };
      drifted?: boolean;
      healthy?: boolean;
      seconds?: number;
    };
    /** @description The data of the event `end`: but for `complete`, ask again, with `last-event-id` and a token that is good. */
    StreamEnd: {
      /** @enum {string} */
      reason: "complete" | "expired" | "stopping";
    };
    /** @description Whether an account's credentials log in to its cloud, and what is wrong where they do not. */
    TriedAccount: {
      good: boolean;
      /** @description The field that is wrong, as far as the cloud tells. */
      path?: string;
      reason?: string;
      remedy?: string;
    };
    /** @description Who is told of operations. */
    Webhook: {
      created: string;
      createdBy: string;
      events: ("waiting" | "running" | "planned" | "done" | "failed" | "cancelled" | "rejected")[];
      /** Format: uuid */
      id: string;
      url: string;
    };
    /** @description An environment with all that is known of it. */
    WholeEnvironment: {
      /** @description The cloud account that its operations log in by. */
      account?: number;
      /** @description When the first of its certificates ends, as the last look at its health found. */
      certificatesUntil?: string;
      /** @description The newest one that has changed the file; what a change of it expects. */
      commit: string;
      /** @description What the last look for drift found. */
      drift?: {
        /** @description ISO 8601, in UTC. */
        at: string;
        drifted: boolean;
      };
      fourEyes: boolean;
      history: {
        at: string;
        author: string;
        id: string;
        subject: string;
      }[];
      kubernetes?: string;
      labels: {
        [key: string]: string;
      };
      /** @description The last operation. */
      last?: {
        /** @description ISO 8601, in UTC. */
        ended?: string;
        /** Format: uuid */
        id: string;
        /** @enum {string} */
        kind: "preview" | "up" | "destroy" | "drift" | "refresh" | "health";
        /** @enum {string} */
        state: "waiting" | "running" | "planned" | "done" | "failed" | "cancelled" | "rejected";
      };
      /** @enum {string} */
      lock?: "current" | "missing" | "outdated";
      /** @description How many its plan has; missing where it cannot be planned. */
      machines?: number;
      name: string;
      /**
       * Format: uuid
       * @description The one that is open.
       */
      operation?: string;
      problems: {
        path: string;
        reason: string;
        remedy: string;
        /** @enum {string} */
        severity: "error" | "warning";
      }[];
      provider?: string;
      release?: string;
      /**
       * @description As its last operation that changed something has left it; `planned` waits for an approval, `new` was never brought up here.
       * @enum {string}
       */
      state: "new" | "up" | "failed" | "gone" | "planned" | "working";
      text: string;
      topology?: {
        apiEndpoint?: string;
        machines: {
          address: string;
          generation: number;
          key: string;
          name: string;
          pool: string;
          roles: string[];
          size: string;
          zone?: string;
        }[];
        pools: {
          machines: number;
          name: string;
        }[];
        services: {
          host?: string;
          name: string;
          version: string;
        }[];
      };
    };
  };
}
export interface operations {
  listAccounts: {
    parameters: {
      query?: {
        limit?: number;
        offset?: number;
        order?: string | number | null;
        orderBy?: string | number | null;
        searchName?: string | number | null;
      };
    };
    responses: {
      /** @description What was asked for, or what is wrong. */
      200: {
        content: {
          "application/json": {
            detailMessage: string | null;
            httpStatusCode: number | null;
            itemMetaData: {
              allItemCount: number;
              remainingItemCount: number;
            };
            items: components["schemas"]["KPaaSAccount"][];
            resultCode: ("SUCCESS" | "FAIL") | null;
            resultMessage: string | null;
          } | components["schemas"]["KPaaSFailure"];
        };
      };
      /** @description Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  createAccount: {
    requestBody: {
      content: {
        "application/json": {
          project?: string | number | null;
          providerInfo?: unknown;
          /**
           * @default AWS
           * @enum {string}
           */
          providerType?: "AWS" | "OPENSTACK" | "NAVER" | "NHN" | "KT";
          region?: string | number | null;
          resourceName?: string | number | null;
          site?: string | number | null;
        };
      };
    };
    responses: {
      /** @description What was asked for, or what is wrong. */
      200: {
        content: {
          "application/json": components["schemas"]["KPaaSAccount"] | components["schemas"]["KPaaSFailure"];
        };
      };
      /** @description Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  renameAccount: {
    requestBody: {
      content: {
        "application/json": {
          project?: string | number | null;
          providerInfo?: unknown;
          /**
           * @default AWS
           * @enum {string}
           */
          providerType?: "AWS" | "OPENSTACK" | "NAVER" | "NHN" | "KT";
          region?: string | number | null;
          resourceName?: string | number | null;
          resourceUid: number;
          site?: string | number | null;
        };
      };
    };
    responses: {
      /** @description What was asked for, or what is wrong. */
      200: {
        content: {
          "application/json": components["schemas"]["KPaaSAccount"] | components["schemas"]["KPaaSFailure"];
        };
      };
      /** @description Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  readAccount: {
    parameters: {
      path: {
        resourceUid: number;
      };
    };
    responses: {
      /** @description What was asked for, or what is wrong. */
      200: {
        content: {
          "application/json": components["schemas"]["KPaaSAccount"] | components["schemas"]["KPaaSFailure"];
        };
      };
      /** @description Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  deleteAccount: {
    parameters: {
      path: {
        resourceUid: number;
      };
    };
    responses: {
      /** @description What was asked for, or what is wrong. */
      200: {
        content: {
          "application/json": components["schemas"]["KPaaSAccount"] | components["schemas"]["KPaaSFailure"];
        };
      };
      /** @description Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  listAccountsOfProvider: {
    parameters: {
      query?: {
        limit?: number;
        offset?: number;
        order?: string | number | null;
        orderBy?: string | number | null;
        searchName?: string | number | null;
      };
      path: {
        providerType: "AWS" | "OPENSTACK" | "NAVER" | "NHN" | "KT";
      };
    };
    responses: {
      /** @description What was asked for, or what is wrong. */
      200: {
        content: {
          "application/json": {
            detailMessage: string | null;
            httpStatusCode: number | null;
            itemMetaData: {
              allItemCount: number;
              remainingItemCount: number;
            };
            items: components["schemas"]["KPaaSAccount"][];
            resultCode: ("SUCCESS" | "FAIL") | null;
            resultMessage: string | null;
          } | components["schemas"]["KPaaSFailure"];
        };
      };
      /** @description Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  readProviderForms: {
    responses: {
      /** @description What was asked for, or what is wrong. */
      200: {
        content: {
          "application/json": {
            items: {
              /** @description Credentials of a cloud, empty. */
              AWS: {
                [key: string]: "";
              };
              /** @description Credentials of a cloud, empty. */
              KT: {
                [key: string]: "";
              };
              /** @description Credentials of a cloud, empty. */
              NAVER: {
                [key: string]: "";
              };
              /** @description Credentials of a cloud, empty. */
              NHN: {
                [key: string]: "";
              };
              /** @description Credentials of a cloud, empty. */
              OPENSTACK: {
                [key: string]: "";
              };
            };
            /** @constant */
            resultCode: "SUCCESS";
          } | components["schemas"]["KPaaSFailure"];
        };
      };
      /** @description Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  readProviderForm: {
    parameters: {
      path: {
        providerType: "AWS" | "OPENSTACK" | "NAVER" | "NHN" | "KT";
      };
    };
    responses: {
      /** @description What was asked for, or what is wrong. */
      200: {
        content: {
          "application/json": {
            [key: string]: "";
          } | components["schemas"]["KPaaSFailure"];
        };
      };
      /** @description Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  listCloudAccounts: {
    parameters: {
      query?: {
        after?: number;
        limit?: number;
        provider?: "AWS" | "OPENSTACK" | "NAVER" | "NHN" | "KT" | "GCP" | "AZURE" | "VSPHERE";
        search?: string;
      };
    };
    responses: {
      /** @description What was asked for. */
      200: {
        content: {
          "application/json": {
            items: components["schemas"]["Account"][];
            /** @description Asks for the next page, as `after`; there is none where it is missing. */
            next?: string;
          };
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  addCloudAccount: {
    requestBody: {
      content: {
        "application/json": {
          /**
           * Format: password
           * @description By the names that `listAccountForms` tells. They come back in no answer.
           */
          credentials: {
            [key: string]: string;
          };
          name: string;
          /** @default  */
          project?: string;
          /**
           * @description The cloud, as K-PaaS calls it; those that it knows nothing of are called alike.
           * @enum {string}
           */
          provider: "AWS" | "OPENSTACK" | "NAVER" | "NHN" | "KT" | "GCP" | "AZURE" | "VSPHERE";
          /** @default  */
          region?: string;
          /** @default  */
          site?: string;
        };
      };
    };
    responses: {
      /** @description What was asked for. */
      201: {
        content: {
          "application/json": components["schemas"]["Account"];
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  readCloudAccount: {
    parameters: {
      path: {
        id: number;
      };
    };
    responses: {
      /** @description What was asked for. */
      200: {
        content: {
          "application/json": components["schemas"]["Account"];
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  removeCloudAccount: {
    parameters: {
      path: {
        id: number;
      };
    };
    responses: {
      /** @description What was asked for. */
      204: {
      };
      /** @description Something logs in by it. */
      409: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  changeCloudAccount: {
    parameters: {
      path: {
        id: number;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /**
           * Format: password
           * @description By the names that `listAccountForms` tells. They come back in no answer.
           */
          credentials?: {
            [key: string]: string;
          };
          name?: string;
          project?: string;
          region?: string;
          site?: string;
        };
      };
    };
    responses: {
      /** @description What was asked for. */
      200: {
        content: {
          "application/json": components["schemas"]["Account"];
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  testCloudAccount: {
    parameters: {
      path: {
        id: number;
      };
    };
    responses: {
      /** @description What was asked for. */
      200: {
        content: {
          "application/json": components["schemas"]["TriedAccount"];
        };
      };
      /** @description Such an account is not tried out. */
      409: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  listAccountForms: {
    responses: {
      /** @description What was asked for. */
      200: {
        content: {
          "application/json": {
            items: components["schemas"]["AccountForm"][];
          };
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  listAudit: {
    parameters: {
      query?: {
        after?: number;
        limit?: number;
      };
    };
    responses: {
      /** @description What was asked for. */
      200: {
        content: {
          "application/json": {
            items: components["schemas"]["AuditEntry"][];
            /** @description Asks for the next page, as `after`; there is none where it is missing. */
            next?: string;
          };
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  verifyAudit: {
    responses: {
      /** @description What was asked for. */
      200: {
        content: {
          "application/json": components["schemas"]["AuditVerification"];
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  listEnvironments: {
    parameters: {
      query?: {
        after?: string;
        label?: string;
        limit?: number;
        provider?: string;
        search?: string;
        state?: "new" | "up" | "failed" | "gone" | "planned" | "working";
      };
    };
    responses: {
      /** @description What was asked for. */
      200: {
        content: {
          "application/json": {
            items: components["schemas"]["Environment"][];
            /** @description Asks for the next page, as `after`; there is none where it is missing. */
            next?: string;
          };
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  readEnvironment: {
    parameters: {
      path: {
        name: string;
      };
    };
    responses: {
      /** @description What was asked for. */
      200: {
        content: {
          "application/json": components["schemas"]["WholeEnvironment"];
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  writeEnvironment: {
    parameters: {
      path: {
        name: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description The cloud account that its operations log in by; null: none. Takes an administrator. Left out: as it is. */
          account?: number | null;
          /** @description The file's newest commit as it was read; left out: it must not be there yet. */
          expects?: string;
          /** @description The environment file. */
          text: string;
        };
      };
    };
    responses: {
      /** @description What was asked for. */
      200: {
        content: {
          "application/json": components["schemas"]["WholeEnvironment"];
        };
      };
      /** @description It was made. */
      201: {
        content: {
          "application/json": components["schemas"]["WholeEnvironment"];
        };
      };
      /** @description The file is another one than was expected. */
      412: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  removeEnvironment: {
    parameters: {
      query?: {
        expects?: string;
      };
      path: {
        name: string;
      };
    };
    responses: {
      /** @description What was asked for. */
      204: {
      };
      /** @description Something of it stands. */
      409: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  issueKubeconfig: {
    parameters: {
      path: {
        name: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /**
           * @description How long its credentials are good for: 10m to 24h.
           * @default 1h
           */
          ttl?: string;
        };
      };
    };
    responses: {
      /** @description What was asked for. */
      200: {
        content: {
          "application/json": {
            /** @description YAML. A secret. */
            kubeconfig: string;
            ttl: string;
          };
        };
      };
      /** @description The cluster is not up, or cannot issue such. */
      409: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  askForOperation: {
    parameters: {
      header?: {
        /** @description The same request by the same key has the same answer for 24 hours; another one by it is refused with 422. */
        "idempotency-key"?: string;
      };
      path: {
        name: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /**
           * @description Dangerous changes that the plan is looked at with, `KEY:ACTION`. Whoever approves agrees to each all the same.
           * @default []
           */
          approvals?: string[];
          /** @enum {string} */
          kind: "preview" | "up" | "destroy" | "drift" | "refresh" | "health";
          /**
           * @description Of a destroy: whether the environment's file goes too.
           * @default false
           */
          removeFile?: boolean;
        };
      };
    };
    responses: {
      /** @description What was asked for. */
      202: {
        content: {
          "application/json": components["schemas"]["Operation"];
        };
      };
      /** @description An operation of the environment is open. */
      409: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
      /** @description The idempotency-key was given to another request. */
      422: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  scaleEnvironment: {
    parameters: {
      header?: {
        /** @description The same request by the same key has the same answer for 24 hours; another one by it is refused with 422. */
        "idempotency-key"?: string;
      };
      path: {
        name: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /**
           * @description Dangerous changes that the plan is looked at with, `KEY:ACTION`. Whoever approves agrees to each all the same.
           * @default []
           */
          approvals?: string[];
          count: number;
          /** @description `control-plane`, or a pool's name. */
          pool: string;
        };
      };
    };
    responses: {
      /** @description What was asked for. */
      202: {
        content: {
          "application/json": components["schemas"]["Operation"];
        };
      };
      /** @description An operation of the environment is open. */
      409: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
      /** @description The idempotency-key was given to another request. */
      422: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  upgradeEnvironment: {
    parameters: {
      header?: {
        /** @description The same request by the same key has the same answer for 24 hours; another one by it is refused with 422. */
        "idempotency-key"?: string;
      };
      path: {
        name: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /**
           * @description Dangerous changes that the plan is looked at with, `KEY:ACTION`. Whoever approves agrees to each all the same.
           * @default []
           */
          approvals?: string[];
          /** @description A release of K-PaaS, or a version of Kubernetes. */
          to: string;
        };
      };
    };
    responses: {
      /** @description What was asked for. */
      202: {
        content: {
          "application/json": components["schemas"]["Operation"];
        };
      };
      /** @description An operation of the environment is open. */
      409: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
      /** @description The idempotency-key was given to another request. */
      422: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  readEvents: {
    parameters: {
      query?: {
        after?: string;
        limit?: number;
      };
      header?: {
        /** @description The stream goes on behind this event. */
        "last-event-id"?: string;
      };
    };
    responses: {
      /** @description What was asked for. For who accepts text/event-stream: the same and what follows, as server-sent events with ids; the data of each is JSON of the schema, and the event `end` is the last, whose data is a StreamEnd. */
      200: {
        content: {
          "application/json": {
            items: components["schemas"]["Event"][];
            /** @description Asks for the next page, as `after`; there is none where it is missing. */
            next?: string;
          };
          "text/event-stream": components["schemas"]["Event"];
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  readMe: {
    responses: {
      /** @description What was asked for. */
      200: {
        content: {
          "application/json": components["schemas"]["Me"];
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  listOperations: {
    parameters: {
      query?: {
        after?: string;
        environment?: string;
        kind?: "preview" | "up" | "destroy" | "drift" | "refresh" | "health";
        limit?: number;
        order?: "oldest" | "newest";
        state?: "waiting" | "running" | "planned" | "done" | "failed" | "cancelled" | "rejected";
      };
    };
    responses: {
      /** @description What was asked for. */
      200: {
        content: {
          "application/json": {
            items: components["schemas"]["Operation"][];
            /** @description Asks for the next page, as `after`; there is none where it is missing. */
            next?: string;
          };
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  readOperation: {
    parameters: {
      path: {
        id: string;
      };
    };
    responses: {
      /** @description What was asked for. */
      200: {
        content: {
          "application/json": components["schemas"]["Operation"];
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  approveOperation: {
    parameters: {
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description That of the plan that was read. */
          digest: string;
          /**
           * @description All that `needs` of the plan names: each is agreed to.
           * @default []
           */
          names?: string[];
        };
      };
    };
    responses: {
      /** @description What was asked for. */
      200: {
        content: {
          "application/json": components["schemas"]["Operation"];
        };
      };
      /** @description It waits for no approval, or its plan is another one. */
      409: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
      /** @description Not all that is dangerous in it was named. */
      422: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  cancelOperation: {
    parameters: {
      path: {
        id: string;
      };
    };
    responses: {
      /** @description What was asked for. */
      202: {
        content: {
          "application/json": components["schemas"]["Operation"];
        };
      };
      /** @description It has ended. */
      409: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  readLog: {
    parameters: {
      query?: {
        after?: string;
        limit?: number;
      };
      header?: {
        /** @description The stream goes on behind this event. */
        "last-event-id"?: string;
      };
      path: {
        id: string;
      };
    };
    responses: {
      /** @description What was asked for. For who accepts text/event-stream: the same and what follows, as server-sent events with ids; the data of each is JSON of the schema, and the event `end` is the last, whose data is a StreamEnd. */
      200: {
        content: {
          "application/json": {
            items: components["schemas"]["Line"][];
            /** @description Asks for the next page, as `after`; there is none where it is missing. */
            next?: string;
          };
          "text/event-stream": components["schemas"]["Line"];
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  readPlan: {
    parameters: {
      path: {
        id: string;
      };
    };
    responses: {
      /** @description What was asked for. */
      200: {
        content: {
          "application/json": components["schemas"]["Plan"];
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  rejectOperation: {
    parameters: {
      path: {
        id: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          reason: string;
        };
      };
    };
    responses: {
      /** @description What was asked for. */
      200: {
        content: {
          "application/json": components["schemas"]["Operation"];
        };
      };
      /** @description It waits for none. */
      409: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  retryOperation: {
    parameters: {
      path: {
        id: string;
      };
    };
    responses: {
      /** @description What was asked for. */
      202: {
        content: {
          "application/json": components["schemas"]["Operation"];
        };
      };
      /** @description It has not failed, or its file was changed. */
      409: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  listWebhooks: {
    parameters: {
      query?: {
        after?: string;
        limit?: number;
      };
    };
    responses: {
      /** @description What was asked for. */
      200: {
        content: {
          "application/json": {
            items: components["schemas"]["Webhook"][];
            /** @description Asks for the next page, as `after`; there is none where it is missing. */
            next?: string;
          };
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  addWebhook: {
    requestBody: {
      content: {
        "application/json": {
          /**
           * @description The states of operations that it is told of; none: all.
           * @default []
           */
          events?: ("waiting" | "running" | "planned" | "done" | "failed" | "cancelled" | "rejected")[];
          /** @description https; what it holds beside host and path is not told to others. */
          url: string;
        };
      };
    };
    responses: {
      /** @description What was asked for. */
      201: {
        content: {
          "application/json": {
            created: string;
            createdBy: string;
            events: ("waiting" | "running" | "planned" | "done" | "failed" | "cancelled" | "rejected")[];
            /** Format: uuid */
            id: string;
            /** @description Signs what is delivered; it is told this once. */
            secret: string;
            url: string;
          };
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  removeWebhook: {
    parameters: {
      path: {
        id: string;
      };
    };
    responses: {
      /** @description What was asked for. */
      204: {
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  listDeliveries: {
    parameters: {
      query?: {
        limit?: number;
      };
      path: {
        id: string;
      };
    };
    responses: {
      /** @description What was asked for. */
      200: {
        content: {
          "application/json": {
            items: components["schemas"]["Delivery"][];
          };
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  listClusters: {
    parameters: {
      query?: {
        limit?: number;
        offset?: number;
        order?: string | number | null;
        orderBy?: string | number | null;
        searchName?: string | number | null;
      };
    };
    responses: {
      /** @description What was asked for, or what is wrong. */
      200: {
        content: {
          "application/json": {
            detailMessage: string | null;
            httpStatusCode: number | null;
            itemMetaData: {
              allItemCount: number;
              remainingItemCount: number;
            };
            items: components["schemas"]["KPaaSCluster"][];
            resultCode: ("SUCCESS" | "FAIL") | null;
            resultMessage: string | null;
          } | components["schemas"]["KPaaSFailure"];
        };
      };
      /** @description Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  createCluster: {
    requestBody: {
      content: {
        "application/json": {
          cloudAccountId?: string | number | null;
          clusterApiUrl?: string | number | null;
          clusterToken?: string | number | null;
          clusterType?: string | number | null;
          description?: string | number | null;
          hclScript?: string | number | null;
          isClusterRegister?: boolean | ("true" | "false");
          /**
           * @default AWS
           * @enum {string}
           */
          providerType?: "AWS" | "OPENSTACK" | "NAVER" | "NHN" | "KT";
          resourceName?: string | number | null;
          sshKey?: string | number | null;
        };
      };
    };
    responses: {
      /** @description What was asked for, or what is wrong. */
      200: {
        content: {
          "application/json": components["schemas"]["KPaaSCluster"] | components["schemas"]["KPaaSFailure"];
        };
      };
      /** @description Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  changeCluster: {
    requestBody: {
      content: {
        "application/json": {
          cluster?: string | number | null;
          description?: string | number | null;
          resourceName?: string | number | null;
        };
      };
    };
    responses: {
      /** @description What was asked for, or what is wrong. */
      200: {
        content: {
          "application/json": components["schemas"]["KPaaSCluster"] | components["schemas"]["KPaaSFailure"];
        };
      };
      /** @description Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  readCluster: {
    parameters: {
      path: {
        cluster: string | number | null;
      };
    };
    responses: {
      /** @description What was asked for, or what is wrong. */
      200: {
        content: {
          "application/json": components["schemas"]["KPaaSCluster"] | components["schemas"]["KPaaSFailure"];
        };
      };
      /** @description Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  forgetCluster: {
    parameters: {
      path: {
        cluster: string | number | null;
      };
    };
    responses: {
      /** @description What was asked for, or what is wrong. */
      200: {
        content: {
          "application/json": components["schemas"]["KPaaSCluster"] | components["schemas"]["KPaaSFailure"];
        };
      };
      /** @description Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  listKeys: {
    parameters: {
      query?: {
        limit?: number;
        offset?: number;
        order?: string | number | null;
        orderBy?: string | number | null;
        searchName?: string | number | null;
      };
      path: {
        cluster: string;
      };
    };
    responses: {
      /** @description What was asked for, or what is wrong. */
      200: {
        content: {
          "application/json": {
            detailMessage: string | null;
            httpStatusCode: number | null;
            itemMetaData: {
              allItemCount: number;
              remainingItemCount: number;
            };
            items: components["schemas"]["KPaaSKey"][];
            resultCode: ("SUCCESS" | "FAIL") | null;
            resultMessage: string | null;
          } | components["schemas"]["KPaaSFailure"];
        };
      };
      /** @description Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  renameKey: {
    parameters: {
      path: {
        cluster: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          privateKey?: string | number | null;
          /**
           * @default AWS
           * @enum {string}
           */
          providerType?: "AWS" | "OPENSTACK" | "NAVER" | "NHN" | "KT";
          resourceName?: string | number | null;
          resourceUid: number;
        };
      };
    };
    responses: {
      /** @description What was asked for, or what is wrong. */
      200: {
        content: {
          "application/json": components["schemas"]["KPaaSKey"] | components["schemas"]["KPaaSFailure"];
        };
      };
      /** @description Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  createKey: {
    parameters: {
      path: {
        cluster: string;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          privateKey?: string | number | null;
          /**
           * @default AWS
           * @enum {string}
           */
          providerType?: "AWS" | "OPENSTACK" | "NAVER" | "NHN" | "KT";
          resourceName?: string | number | null;
        };
      };
    };
    responses: {
      /** @description What was asked for, or what is wrong. */
      200: {
        content: {
          "application/json": components["schemas"]["KPaaSKey"] | components["schemas"]["KPaaSFailure"];
        };
      };
      /** @description Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  readKey: {
    parameters: {
      path: {
        cluster: string;
        resourceUid: number;
      };
    };
    responses: {
      /** @description What was asked for, or what is wrong. */
      200: {
        content: {
          "application/json": components["schemas"]["KPaaSKey"] | components["schemas"]["KPaaSFailure"];
        };
      };
      /** @description Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  deleteKey: {
    parameters: {
      path: {
        cluster: string;
        resourceUid: number;
      };
    };
    responses: {
      /** @description What was asked for, or what is wrong. */
      200: {
        content: {
          "application/json": components["schemas"]["KPaaSKey"] | components["schemas"]["KPaaSFailure"];
        };
      };
      /** @description Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  listKeysOfProvider: {
    parameters: {
      query?: {
        limit?: number;
        offset?: number;
        order?: string | number | null;
        orderBy?: string | number | null;
        searchName?: string | number | null;
      };
      path: {
        cluster: string;
        providerType: "AWS" | "OPENSTACK" | "NAVER" | "NHN" | "KT";
      };
    };
    responses: {
      /** @description What was asked for, or what is wrong. */
      200: {
        content: {
          "application/json": {
            detailMessage: string | null;
            httpStatusCode: number | null;
            itemMetaData: {
              allItemCount: number;
              remainingItemCount: number;
            };
            items: components["schemas"]["KPaaSKey"][];
            resultCode: ("SUCCESS" | "FAIL") | null;
            resultMessage: string | null;
          } | components["schemas"]["KPaaSFailure"];
        };
      };
      /** @description Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  checkTerraman: {
    responses: {
      /** @description What was asked for. */
      200: {
        content: {
          "application/json": {
            detailMessage: string | null;
            httpStatusCode: number | null;
            out: null;
            resultCode: ("SUCCESS" | "FAIL") | null;
            resultMessage: string | null;
          };
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  beginCluster: {
    requestBody: {
      content: {
        "application/json": {
          clusterId?: string | number | null;
          provider?: string | number | null;
          seq?: string | number | null;
          sshKey?: string | number | null;
        };
      };
    };
    responses: {
      /** @description What was asked for. */
      200: {
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  beginClusterAs: {
    parameters: {
      path: {
        processGb: string | number | null;
      };
    };
    requestBody: {
      content: {
        "application/json": {
          clusterId?: string | number | null;
          provider?: string | number | null;
          seq?: string | number | null;
          sshKey?: string | number | null;
        };
      };
    };
    responses: {
      /** @description What was asked for. */
      200: {
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  readClusterLog: {
    parameters: {
      path: {
        cluster: string | number | null;
      };
    };
    responses: {
      /** @description What was asked for, or what is wrong. */
      200: {
        content: {
          "application/json": {
            detailMessage: string | null;
            httpStatusCode: number | null;
            items: {
              clusterId: string;
              detailMessage: string | null;
              httpStatusCode: number | null;
              logMessage: string;
              processNo: number;
              /** @description In Seoul's time, `2026-11-28 18:00:00`. */
              regTimestamp: string | null;
              resultCode: ("SUCCESS" | "FAIL") | null;
              resultMessage: string | null;
            }[] | null;
            resultCode: ("SUCCESS" | "FAIL") | null;
            resultMessage: string | null;
          } | components["schemas"]["KPaaSFailure"];
        };
      };
      /** @description Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  isAlive: {
    responses: {
      /** @description What was asked for. */
      200: {
        content: {
          "application/json": components["schemas"]["Health"];
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  readMetrics: {
    responses: {
      /** @description What was asked for. */
      200: {
        content: {
          "text/plain; version=0.0.4; charset=utf-8": string;
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  readDocument: {
    responses: {
      /** @description What was asked for. */
      200: {
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  isReady: {
    responses: {
      /** @description What was asked for. */
      200: {
        content: {
          "application/json": components["schemas"]["Health"];
        };
      };
      /** @description What is wrong. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  listTemplates: {
    parameters: {
      query?: {
        limit?: number;
        offset?: number;
        order?: string | number | null;
        orderBy?: string | number | null;
        searchName?: string | number | null;
      };
    };
    responses: {
      /** @description What was asked for, or what is wrong. */
      200: {
        content: {
          "application/json": {
            detailMessage: string | null;
            httpStatusCode: number | null;
            itemMetaData: {
              allItemCount: number;
              remainingItemCount: number;
            };
            items: components["schemas"]["KPaaSTemplate"][];
            resultCode: ("SUCCESS" | "FAIL") | null;
            resultMessage: string | null;
          } | components["schemas"]["KPaaSFailure"];
        };
      };
      /** @description Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  changeTemplate: {
    requestBody: {
      content: {
        "application/json": {
          hclScript?: string | number | null;
          /**
           * @default AWS
           * @enum {string}
           */
          providerType?: "AWS" | "OPENSTACK" | "NAVER" | "NHN" | "KT";
          region?: string | number | null;
          resourceName?: string | number | null;
          resourceUid: number;
        };
      };
    };
    responses: {
      /** @description What was asked for, or what is wrong. */
      200: {
        content: {
          "application/json": components["schemas"]["KPaaSTemplate"] | components["schemas"]["KPaaSFailure"];
        };
      };
      /** @description Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  createTemplate: {
    requestBody: {
      content: {
        "application/json": {
          hclScript?: string | number | null;
          /**
           * @default AWS
           * @enum {string}
           */
          providerType?: "AWS" | "OPENSTACK" | "NAVER" | "NHN" | "KT";
          region?: string | number | null;
          resourceName?: string | number | null;
        };
      };
    };
    responses: {
      /** @description What was asked for, or what is wrong. */
      200: {
        content: {
          "application/json": components["schemas"]["KPaaSTemplate"] | components["schemas"]["KPaaSFailure"];
        };
      };
      /** @description Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  readTemplate: {
    parameters: {
      path: {
        resourceUid: number;
      };
    };
    responses: {
      /** @description What was asked for, or what is wrong. */
      200: {
        content: {
          "application/json": components["schemas"]["KPaaSTemplate"] | components["schemas"]["KPaaSFailure"];
        };
      };
      /** @description Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  deleteTemplate: {
    parameters: {
      path: {
        resourceUid: number;
      };
    };
    responses: {
      /** @description What was asked for, or what is wrong. */
      200: {
        content: {
          "application/json": components["schemas"]["KPaaSTemplate"] | components["schemas"]["KPaaSFailure"];
        };
      };
      /** @description Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
  listTemplatesOfProvider: {
    parameters: {
      query?: {
        limit?: number;
        offset?: number;
        order?: string | number | null;
        orderBy?: string | number | null;
        searchName?: string | number | null;
      };
      path: {
        providerType: "AWS" | "OPENSTACK" | "NAVER" | "NHN" | "KT";
      };
    };
    responses: {
      /** @description What was asked for, or what is wrong. */
      200: {
        content: {
          "application/json": {
            detailMessage: string | null;
            httpStatusCode: number | null;
            itemMetaData: {
              allItemCount: number;
              remainingItemCount: number;
            };
            items: components["schemas"]["KPaaSTemplate"][];
            resultCode: ("SUCCESS" | "FAIL") | null;
            resultMessage: string | null;
          } | components["schemas"]["KPaaSFailure"];
        };
      };
      /** @description Who asks is not let in; all else that is wrong is told with status 200, in K-PaaS's shape. */
      default: {
        content: {
          "application/problem+json": components["schemas"]["Problem"];
        };
      };
    };
  };
}
