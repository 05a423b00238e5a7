# Sourced by the scripts: where the tree is, one configuration for everything, and a build that is skipped when
# nothing has changed since the last one.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CONFIGURATION=Release
STATE="$ROOT/.build"
BROKER="$ROOT/src/Broker.Cli/bin/$CONFIGURATION/net10.0/broker"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

die() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

require_dotnet() {
    command -v dotnet >/dev/null || die "the .NET 10 SDK is needed (dotnet is not on the path)"
}

# Files that a build depends on and that changed after the stamp. Folders count too, so that a deleted file is seen.
changed_since() {
    local stamp=$1
    shift
    find "$@" \( -name bin -o -name obj -o -name node_modules \) -prune -o -newer "$stamp" -print -quit
}

# build_once NAME TARGET FOLDER...: builds TARGET when something in the folders is newer than the last build.
build_once() {
    local name=$1 target=$2
    shift 2
    local stamp="$STATE/$name.built"
    local inputs=("$@" Directory.Build.props Directory.Build.targets Directory.Packages.props global.json Broker.sln)
    mkdir -p "$STATE"
    (
        cd "$ROOT"
        flock 9
        if [ -f "$stamp" ] && [ -z "$(changed_since "$stamp" "${inputs[@]}")" ]; then
            exit 0
        fi
        require_dotnet
        touch "$stamp.new"
        local servers=()
        [ -z "${CI:-}" ] || servers=(--disable-build-servers)
        if ! dotnet build "$target" -c "$CONFIGURATION" -m:2 -v q -nologo --tl:off "${servers[@]}" \
            >"$STATE/$name.log" 2>&1 9>&-; then
            grep -E ': (error|warning) ' "$STATE/$name.log" | sort -u >&2 || cat "$STATE/$name.log" >&2
            die "the build of $target failed"
        fi
        mv "$stamp.new" "$stamp"
    ) 9>"$STATE/build.lock"
}

build_broker() {
    build_once broker src/Broker.Cli src
    [ -x "$BROKER" ] || die "the build left no executable at $BROKER"
}
