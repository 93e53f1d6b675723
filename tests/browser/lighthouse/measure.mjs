// How quick three pages are, as Lighthouse measures them on a middling telephone: `tests/browser/run --lighthouse`. It prints three scores of each and the middle
// one, and fails nothing: they are those of the machine too, and a busy one loses ten points.

import net from "node:net";
import lighthouse from "lighthouse";
import { chromium } from "playwright-core";

const { SESAME_URL, SESAME_EMAIL, SESAME_PASSWORD, CHROMIUM } = process.env;
const TIMES = 3;

/** A port that nobody listens on. */
const port = await new Promise((found) => {
  const server = net.createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => found(port));
  });
});
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-gpu", `--remote-debugging-port=${port}`] });
const context = await browser.newContext({ locale: "fr-FR" });
const page = await context.newPage();
await page.goto(`${SESAME_URL}/sign-in`);
await page.fill("#email", SESAME_EMAIL);
await page.fill("#password", SESAME_PASSWORD);
await Promise.all([page.waitForEvent("load"), page.click("button.main")]);
await Promise.all([page.waitForEvent("load"), page.click(".accounts button >> nth=0")]);
const account = new URL(page.url()).pathname.split("/")[2];
await page.goto(`${SESAME_URL}/a/${account}/contacts?mode=ACTIVATED`);
const sheet = new URL(await page.getAttribute("a.row-link", "href"), SESAME_URL).pathname;
const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
await context.close();

for (const [name, path, known] of [["sign-in", "/sign-in", false], ["contacts", `/a/${account}/contacts`, true], ["sheet", sheet, true]]) {
  const scores = [];
  let first;
  for (let time = 0; time < TIMES; time += 1) {
    const { lhr } = await lighthouse(SESAME_URL + path, {
      port,
      onlyCategories: ["performance"],
      disableStorageReset: true,
      logLevel: "error",
      extraHeaders: known ? { Cookie: cookie } : {},
    });
    if (new URL(lhr.finalDisplayedUrl).pathname !== path) throw new Error(`${path} led to ${lhr.finalDisplayedUrl}`);
    scores.push(Math.round(lhr.categories.performance.score * 100));
    first ??= ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift"].map((id) => `${id} ${lhr.audits[id].displayValue}`);
  }
  const middle = [...scores].sort((a, b) => a - b)[1];
  console.log(`${name}: ${middle} of ${scores.join(", ")} (${first.join(", ")})`);
}
await browser.close();
