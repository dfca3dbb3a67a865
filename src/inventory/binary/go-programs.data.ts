import type { Evidence } from './evidence.ts'
import type { Family } from './family.ts'

interface GoProgram {
  readonly files: readonly string[]
  readonly module: string
  /** Major versions that have a module path of their own. */
  readonly majors?: readonly number[]
  /** Variables that releases are linked with: of `main`, or below the module unless they name their own. */
  readonly variables: readonly string[]
  readonly cpe?: string
  readonly verified?: string
}

/**
 * The version of a Go program that was built from a working copy stands only in the flags it was linked with. Where
 * build information has it, `go-binary` tells more.
 */
const programs: readonly GoProgram[] = [
  {
    files: ['consul'],
    module: 'github.com/hashicorp/consul',
    variables: ['version.GitDescribe', 'version.Version'],
    cpe: 'hashicorp:consul',
  },
  {
    files: ['vault'],
    module: 'github.com/hashicorp/vault',
    variables: ['version.fullVersion', 'version.Version', 'sdk/version.Version'],
    cpe: 'hashicorp:vault',
  },
  {
    files: ['nomad'],
    module: 'github.com/hashicorp/nomad',
    variables: ['version.GitDescribe', 'version.Version'],
    cpe: 'hashicorp:nomad',
  },
  {
    files: ['terraform'],
    module: 'github.com/hashicorp/terraform',
    variables: ['version.Version'],
    cpe: 'hashicorp:terraform',
  },
  { files: ['packer'], module: 'github.com/hashicorp/packer', variables: ['version.Version'], cpe: 'hashicorp:packer' },
  {
    files: ['traefik'],
    module: 'github.com/traefik/traefik',
    majors: [2, 3],
    variables: ['pkg/version.Version'],
    cpe: 'traefik:traefik',
  },
  {
    files: ['etcd', 'etcdctl'],
    module: 'go.etcd.io/etcd',
    majors: [3],
    variables: ['version.Version', 'api/v3/version.Version'],
    cpe: 'etcd:etcd',
  },
  {
    files: ['influxd'],
    module: 'github.com/influxdata/influxdb',
    majors: [2],
    variables: ['main.version'],
    cpe: 'influxdata:influxdb',
  },
  {
    files: ['telegraf'],
    module: 'github.com/influxdata/telegraf',
    variables: ['internal.Version', 'main.version'],
    cpe: 'influxdata:telegraf',
  },
  {
    files: ['grafana', 'grafana-server'],
    module: 'github.com/grafana/grafana',
    variables: ['main.version'],
    cpe: 'grafana:grafana',
  },
  {
    files: ['loki'],
    module: 'github.com/grafana/loki',
    majors: [3],
    variables: ['pkg/util/build.Version'],
    cpe: 'grafana:loki',
  },
  {
    files: ['prometheus', 'promtool'],
    module: 'github.com/prometheus/prometheus',
    variables: ['github.com/prometheus/common/version.Version'],
    cpe: 'prometheus:prometheus',
  },
  {
    files: ['alertmanager', 'amtool'],
    module: 'github.com/prometheus/alertmanager',
    variables: ['github.com/prometheus/common/version.Version'],
    cpe: 'prometheus:alertmanager',
  },
  {
    files: ['node_exporter'],
    module: 'github.com/prometheus/node_exporter',
    variables: ['github.com/prometheus/common/version.Version'],
  },
  {
    files: ['blackbox_exporter'],
    module: 'github.com/prometheus/blackbox_exporter',
    variables: ['github.com/prometheus/common/version.Version'],
  },
  {
    files: ['pushgateway'],
    module: 'github.com/prometheus/pushgateway',
    variables: ['github.com/prometheus/common/version.Version'],
  },
  { files: ['minio'], module: 'github.com/minio/minio', variables: ['cmd.Version'], cpe: 'minio:minio' },
  {
    files: ['caddy'],
    module: 'github.com/caddyserver/caddy',
    majors: [2],
    variables: ['CustomVersion'],
    cpe: 'caddyserver:caddy',
  },
  {
    files: ['helm'],
    module: 'helm.sh/helm',
    majors: [3, 4],
    variables: ['internal/version.version'],
    cpe: 'helm:helm',
  },
  {
    files: [
      'kubectl',
      'kubelet',
      'kube-apiserver',
      'kube-controller-manager',
      'kube-scheduler',
      'kube-proxy',
      'kubeadm',
    ],
    module: 'k8s.io/kubernetes',
    variables: ['k8s.io/component-base/version.gitVersion'],
    cpe: 'kubernetes:kubernetes',
  },
  { files: ['k3s'], module: 'github.com/k3s-io/k3s', variables: ['pkg/version.Version'], cpe: 'k3s:k3s' },
  {
    files: ['containerd', 'containerd-shim-runc-v2', 'ctr'],
    module: 'github.com/containerd/containerd',
    majors: [2],
    variables: ['version.Version'],
    cpe: 'linuxfoundation:containerd',
  },
  {
    files: ['buildkitd', 'buildctl'],
    module: 'github.com/moby/buildkit',
    variables: ['version.Version'],
    cpe: 'mobyproject:buildkit',
  },
  {
    files: ['runc'],
    module: 'github.com/opencontainers/runc',
    variables: ['main.version'],
    cpe: 'linuxfoundation:runc',
  },
  {
    files: ['dockerd'],
    module: 'github.com/docker/docker',
    variables: ['dockerversion.Version'],
    cpe: 'mobyproject:moby',
    verified: 'Debian 12: docker.io 20.10.24',
  },
  {
    files: ['docker'],
    module: 'github.com/docker/cli',
    variables: ['cli/version.Version'],
    cpe: 'docker:command_line_interface',
  },
  {
    files: ['docker-compose'],
    module: 'github.com/docker/compose',
    majors: [2],
    variables: ['internal.Version'],
    cpe: 'docker:compose',
  },
  {
    files: ['argocd', 'argocd-server'],
    module: 'github.com/argoproj/argo-cd',
    majors: [2, 3],
    variables: ['common.version'],
    cpe: 'argoproj:argo_cd',
  },
  {
    files: ['pilot-discovery', 'pilot-agent', 'istioctl'],
    module: 'istio.io/istio',
    variables: ['istio.io/pkg/version.buildVersion', 'pkg/version.buildVersion'],
    cpe: 'istio:istio',
  },
  {
    files: ['cilium-agent', 'cilium-operator', 'cilium-dbg', 'cilium'],
    module: 'github.com/cilium/cilium',
    variables: ['pkg/version.ciliumVersion'],
    cpe: 'cilium:cilium',
  },
  { files: ['gitea'], module: 'code.gitea.io/gitea', variables: ['main.Version'], cpe: 'gitea:gitea' },
  {
    files: ['oauth2-proxy'],
    module: 'github.com/oauth2-proxy/oauth2-proxy',
    majors: [7],
    variables: ['pkg/version.VERSION', 'main.VERSION'],
    cpe: 'oauth2_proxy_project:oauth2_proxy',
  },
  {
    files: ['dex'],
    module: 'github.com/dexidp/dex',
    variables: ['main.version', 'version.version'],
    cpe: 'linuxfoundation:dex',
  },
  {
    files: ['coredns'],
    module: 'github.com/coredns/coredns',
    variables: ['coremain.CoreVersion'],
    cpe: 'coredns.io:coredns',
  },
  {
    files: ['nats-server'],
    module: 'github.com/nats-io/nats-server',
    majors: [2],
    variables: ['server.serverVersion', 'main.version'],
    cpe: 'linuxfoundation:nats-server',
  },
]

export const goPrograms: readonly Family[] = programs.flatMap(({ majors = [], ...program }) =>
  [program.module, ...majors.map((major) => `${program.module}/v${major}`)].map((module) => familyOf(program, module)),
)

function familyOf({ files, variables, cpe, verified }: GoProgram, module: string): Family {
  const slash = module.lastIndexOf('/')
  return {
    name: module,
    files,
    evidence: variables.map((variable) => linkedWith(isOwn(variable) ? `${module}/${variable}` : variable)),
    ...(variables.some((variable) => !isOwn(variable)) ? { beside: packageBelow(module) } : {}),
    leftWith: { literal: `\nmod\t${module}\tv` },
    ecosystem: 'golang',
    purl: { type: 'golang', namespace: module.slice(0, slash), name: module.slice(slash + 1) },
    ...(cpe === undefined ? {} : { cpe }),
    verified: verified ?? 'no file at hand; the flags that its releases are linked with, as Go 1.22 notes them',
  }
}

/** Neither in the main package nor in a package of another module, which many programs are linked with. */
function isOwn(variable: string): boolean {
  return !variable.startsWith('main.') && !/^[\w-]+(?:\.[\w-]+)+\//.test(variable)
}

/** The first line of build information, where the main package is one of this very module. */
function packageBelow(module: string): Evidence {
  return { literal: `path\t${module}`, after: /^(?:\n|\/(?!v\d{1,3}[/\n]))/ }
}

function linkedWith(variable: string): Evidence {
  return {
    literal: `${variable}=`,
    after: /^v?(\d{1,5}\.\d{1,5}\.\d{1,5}(?:[-+][\w.+-]{1,60})?)(?=['"\\\s])/,
    start: 'v',
  }
}
