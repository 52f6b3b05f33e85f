# Prints the path of a Chromium for the tests; where there is none, installs one first. What it does goes to stderr.
set -eu

# Being there is not enough: Ubuntu's chromium-browser only says that one should install a snap.
works() {
    [ -n "$1" ] && "$1" --version 2>/dev/null </dev/null | grep -Eqi 'chrom(e|ium) '
}

find_one() {
    for browser in "${PLAYWRIGHT_CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome "$(of_playwright)"; do
        if works "$browser"; then
            command -v "$browser"
            return
        fi
    done
    return 1
}

of_playwright() {
    (cd trace-viewer && node -e 'console.log(require("playwright").chromium.executablePath())') 2>/dev/null || true
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install_by_apt() {
    # On Ubuntu the package is an empty shell around a snap, which has no use in a container.
    command -v apt-get >/dev/null && ! grep -qi '^ID=ubuntu' /etc/os-release || return 1
    [ "$(id -u)" = 0 ] || command -v sudo >/dev/null || return 1
    echo "Installing Chromium, which the tests of the viewer run in." >&2
    as_root apt-get update -qq >&2 || true
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium fonts-dejavu-core >&2
}

install_by_playwright() {
    echo "Downloading a Chromium, which the tests of the viewer run in." >&2
    with_libraries=
    if [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; then with_libraries=--with-deps; fi
    (cd trace-viewer && env -u PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD npx --no-install playwright install $with_libraries chromium) >&2
}

find_one && exit 0
install_by_apt && find_one && exit 0
install_by_playwright && find_one && exit 0
echo "The tests of the viewer need Chromium, and it could not be installed (above is why):" \
    "install it, or name a Chrome with PLAYWRIGHT_CHROMIUM=/path/to/chrome" >&2
exit 1
