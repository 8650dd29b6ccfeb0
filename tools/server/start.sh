#!/bin/sh
# Starts the service in its image. Plugins are the image's; what the engine writes beside them goes to the pod's own folder.
set -eu
mkdir -p "$PULUMI_HOME"
[ -L "$PULUMI_HOME/plugins" ] || [ -e "$PULUMI_HOME/plugins" ] || ln -s /opt/kpaas/pulumi/plugins "$PULUMI_HOME/plugins"
PATH="$(echo /opt/kpaas/cache/kpaas/engine/*/bin):$PATH"
export PATH
exec node /kpaas/dist/cli/main.js "${KPAAS_COMMAND:-server}" "$@"
