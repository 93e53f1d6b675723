// A browser at the built service: signed in, watched. Whatever the pages do that they should not (a message in the console, a request to somebody else, a breach
// of the content security policy) fails the test it happens in.

import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const need = (name) => {
  const value = process.env[name];
  assert.ok(value, `${name} is not set: start these tests by tests/browser/run`);
  return value;
};
export const URL = need("SESAME_URL");
const EMAIL = need("SESAME_EMAIL");
const PASSWORD = need("SESAME_PASSWORD");
const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Where the session of the owner is kept for all files of a run: signing in too often is braked. */
const KEPT = need("SESAME_KEPT");

const followed = new Set();
let browser;

export async function open() {
  const executablePath = need("CHROMIUM");
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
}

export async function close() {
  await browser?.close();
}

/** A text as it is compared: whatever the spaces and apostrophes that typography gave it. */
export const plain = (text) => text.replace(/[\u00a0\u202f]/g, " ").replaceAll("’", "'");

/** The same as a pattern, in small letters or capitals. */
const written = (words, before = "", after = "") =>
  new RegExp(before + plain(words).replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll(" ", "\\s+").replaceAll("'", "['’]") + after, "i");

/** Somebody at a browser. What goes wrong beneath is gathered in `troubles`, and `done` fails where there is any. */
export class Person {
  static async comes({ language = "fr-FR", scheme = "light", width = 1280, script = true, state } = {}) {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      locale: language,
      colorScheme: scheme,
      javaScriptEnabled: script,
      storageState: state,
      reducedMotion: "reduce",
    });
    const person = new Person();
    person.context = context;
    person.script = script;
    person.troubles = [];
    person.expected = [];
    person.page = await context.newPage();
    person.page.setDefaultTimeout(Number(process.env.BROWSER_PATIENCE ?? 30_000));
    person.page.on("console", (message) => {
      if (!["error", "warning"].includes(message.type())) return;
      // The status of an answer is no trouble of the page: a form that is refused is answered 422.
      if (message.text().includes("status of 422")) return;
      // What is under way when one leaves a page is given up, and htmx says so.
      if (/^htmx:(sendAbort|afterRequest)/.test(message.text())) return;
      // What a test asks for that is not there, or without a network.
      if (person.expected.some((text) => message.text().includes(text))) return;
      person.troubles.push(`console: ${message.text()}`);
    });
    person.page.on("response", async (answer) => {
      if (answer.status() < 500) return;
      person.troubles.push(`${answer.status()} of ${answer.url()}: ${(await answer.text().catch(() => "")).slice(0, 500)}`);
    });
    person.page.on("pageerror", (error) => person.troubles.push(`script: ${error.message}`));
    person.page.on("request", (request) => {
      if (!request.url().startsWith(`${URL}/`)) person.troubles.push(`asked of somebody else: ${request.url()}`);
    });
    return person;
  }

  /** The owner of the sample, signed in once for all tests; `anew`, and whoever is named, in a session of their own. */
  static async signedIn(options = {}) {
    if (options.email || options.anew) {
      const person = await Person.comes(options);
      await person.signIn(options.email ?? EMAIL, options.password ?? PASSWORD);
      return person;
    }
    if (!fs.existsSync(KEPT)) {
      const first = await Person.comes();
      await first.signIn(EMAIL, PASSWORD);
      fs.writeFileSync(KEPT, JSON.stringify({ account: first.account, state: await first.context.storageState() }));
      await first.context.close();
    }
    const owner = JSON.parse(fs.readFileSync(KEPT, "utf8"));
    const person = await Person.comes({ ...options, state: owner.state });
    person.account = owner.account;
    await person.enter("home");
    return person;
  }

  async signIn(email, password) {
    for (let tries = 0; ; tries += 1) {
      await this.go("/sign-in");
      await this.page.fill("#email", email);
      await this.page.fill("#password", password);
      await this.press("button.main");
      if (!this.path().startsWith("/sign-in") || tries === 2) break;
      // After a few times in a row it is open again in twenty seconds.
      await this.page.waitForTimeout(21_000);
    }
    if (this.path().startsWith("/accounts")) await this.press(".accounts button >> nth=0");
    this.account = this.path().split("/")[2];
  }

  async go(path) {
    return this.page.goto(URL + path);
  }

  /** A room of the account. */
  async enter(room) {
    return this.go(`/a/${this.account}/${room}`);
  }

  path() {
    return this.page.url().slice(URL.length);
  }

  /** Presses what leads to another page. */
  async press(what) {
    await this.tries(() => Promise.all([this.page.waitForEvent("load"), this.page.click(what)]));
  }

  /** The same with what is to be seen, where it does not go. */
  async tries(what) {
    try {
      return await what();
    } catch (error) {
      const seen = await this.page.innerText("body").catch(() => "no page");
      throw new Error(`${error.message}\nat ${this.path()}: ${seen.slice(0, 1500)}\n${this.troubles.join("\n")}`);
    }
  }

  /** Presses what opens a dialog; without a script it is a page. */
  async dialog(what) {
    if (!this.script) return this.press(what);
    await this.tries(async () => {
      await this.page.click(what);
      await this.page.waitForSelector("dialog[open] .dialog-body");
    });
  }

  /** The link or button that bears these words, and beside them at most how many there are. */
  worded(words, within = "body") {
    return this.page.locator(`${within} :is(a, button, summary)`).filter({ hasText: written(words, "^[\\s+]*", "(\\s*\\d+)?\\s*$") }).filter({ visible: true });
  }

  /** Presses what bears these words, and waits for what it leads to: a page, a dialog, or another part of the page. */
  async choose(words, inside) {
    const within = inside ?? ((await this.page.locator("dialog[open]").count()) ? "dialog[open]" : "body");
    await this.tries(async () => {
      const it = this.worded(words, within).first();
      await it.waitFor();
      // What came just now is a moment later what can be pressed.
      await this.settles();
      const asks = this.script && (await it.evaluate((one) => one.getAttribute("hx-get") ?? one.form?.getAttribute("hx-post") ?? ""));
      if (!asks) {
        const leads = await it.evaluate((one) => one.tagName !== "SUMMARY" && !(one.dataset.close !== undefined && one.closest("dialog[open]")));
        return leads ? Promise.all([this.page.waitForEvent("load"), it.click()]) : it.click();
      }
      const loaded = this.page.waitForEvent("load").catch(() => {});
      const answered = this.page.waitForResponse((answer) => answer.url() === URL + asks && answer.request().headers()["hx-request"] === "true");
      await it.click();
      if ((await answered).headers()["hx-redirect"]) return loaded;
      await this.settles();
    });
  }

  async settles() {
    await this.page.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added").first().waitFor({ state: "detached" });
  }

  /** Fills in a field by the label that is read with it. */
  async fill(label, value) {
    await this.tries(() => this.page.getByLabel(written(label, "^\\s*", "\\s*\\*?\\s*$")).filter({ visible: true }).last().fill(value));
  }

  /** What was mailed to an address last, and says this. */
  async mail(to, template, says = "") {
    for (let tries = 0; tries < 100; tries += 1) {
      const { mails } = await (await fetch(`${URL}/mailbox.json`)).json();
      const found = mails.find((mail) => mail.to === to && (!template || mail.template === template) && mail.text.includes(says) && !followed.has(mail.text));
      if (found) return found;
      await new Promise((on) => setTimeout(on, 100));
    }
    throw new Error(`nothing was mailed to ${to} (${template})`);
  }

  /** Follows the link of a mail to an address from the page where the demo shows what is mailed. */
  async followMail(to, template) {
    // One that was followed already is not the one that is waited for.
    followed.add((await this.mail(to, template)).text);
    await this.go("/mailbox");
    const mail = this.page.locator("article.mail", { hasText: to }).filter({ hasText: template ?? "" }).first();
    await Promise.all([this.page.waitForEvent("load"), mail.locator("a").first().click()]);
  }

  async text(what = "main") {
    return this.page.innerText(what);
  }

  async sees(...texts) {
    const all = plain(await this.page.innerText("body"));
    for (const text of texts) assert.ok(all.includes(plain(text)), `« ${text} » is not to be seen at ${this.path()}:\n${all}`);
  }

  async seesNot(...texts) {
    const all = plain(await this.page.innerText("body"));
    for (const text of texts) assert.ok(!all.includes(plain(text)), `« ${text} » is to be seen at ${this.path()}`);
  }

  /** No violation that axe-core knows of, and nothing that makes the page scroll sideways. */
  async isAccessible(where) {
    // Where the page has no script, neither has axe-core.
    const found = !this.script ? [] : await this.page.evaluate(
      `${AXE};axe.run({ runOnly: ${JSON.stringify(RULES)} }).then((result) => result.violations.map((it) => it.id + ": " + it.nodes.map((node) => node.target + " " + (node.any[0]?.message ?? "")).join(" | ")))`,
    );
    assert.deepEqual(found, [], `${where} ${this.path()}`);
    const over = await this.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    assert.ok(over <= 0, `${where} ${this.path()} scrolls sideways by ${over} px`);
  }

  /** Leaves; fails where anything went wrong beneath. */
  async done() {
    await this.context.close();
    assert.deepEqual(this.troubles, []);
  }
}

/** Asks GraphQL as a program of the sample's account, or with another token. */
export async function tell(query, variables, token = need("SESAME_TOKEN")) {
  const answer = await fetch(`${URL}/graphql`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await answer.json();
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
}

/** Does something by GraphQL that is not refused. */
export async function act(mutation, input, asks, token) {
  const type = mutation[0].toUpperCase() + mutation.slice(1);
  const { done } = await tell(`mutation($input: ${type}Input!) { done: ${mutation}(input: $input) { ${asks} userErrors { code field message } } }`, { input }, token);
  assert.deepEqual(done.userErrors, [], mutation);
  return done;
}

/** A token of support, as an operator makes one. */
export async function supportToken() {
  return (await act("createToken", { role: "STAFF", name: "support" }, "token", need("SESAME_OPERATOR"))).token;
}
