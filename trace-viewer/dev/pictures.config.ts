import config from "../playwright.config.ts";

/**
 * Draws the pictures of docs/images anew: `npx playwright test -c dev/pictures.config.ts`, after what e2e needs and lecture_07.
 * A palette of 256 colours (Pillow's `quantize(256, kmeans=3)`) makes them a third as large.
 */
export default { ...config, testDir: import.meta.dirname, testMatch: "pictures.ts", outputDir: "../test-results" };
