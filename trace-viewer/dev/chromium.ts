/** How tests start the browser: Debian's Chromium, or the one that PLAYWRIGHT_CHROMIUM names. */
export const chromium = {
  executablePath: process.env.PLAYWRIGHT_CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox", // Chromium refuses to sandbox itself when run as root, as it is in a container
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
  ],
};
