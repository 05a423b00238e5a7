# Sourced by the scripts: installs what they need and is quick when it is there already.

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "needs root or sudo for: $*"
    fi
}

# need_packages PACKAGE...: Debian packages that are missing are installed.
need_packages() {
    local missing=() package
    command -v dpkg-query >/dev/null || die "install these by hand, this is no Debian: $*"
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null)" = 'ii ' ] || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    echo "installing ${missing[*]}" >&2
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >&2
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
}

need_node() {
    command -v node >/dev/null && command -v npm >/dev/null || need_packages nodejs npm
}

# need_npm FOLDER: what the folder's lock file names is in its node_modules.
need_npm() {
    local folder=$1
    cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed-lock" && return
    need_node
    echo "installing the npm packages of ${folder#"$ROOT/"}" >&2
    (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error >&2) || die "npm ci failed in $folder"
    cp "$folder/package-lock.json" "$folder/node_modules/.installed-lock"
}

# Everything that stock clients and the load driver need.
install_test_tools() {
    need_packages kcat python3-confluent-kafka python3-kafka python3-snappy python3-lz4 python3-zstandard \
        librdkafka-dev gcc libc6-dev pkg-config
    need_node
    need_npm "$ROOT/tests/Broker.Interop.Tests/node"
}
