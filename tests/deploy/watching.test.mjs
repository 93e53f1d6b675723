// deploy/prometheus and deploy/grafana: alerts come when they should, and every number that alerts, dashboard and the page on operations name is one that a running service
// gives, by the same labels; and none that it gives is missing on that page.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { SESAME, ask, clean, folder, graphql, port, repo, run, sample, serve, text, until, without } from './support.mjs';

const skip = without('PROMTOOL');
const blind = without('PYTHON3');
const promtool = (...args) => run(process.env.PROMTOOL, args, { cwd: repo('deploy/prometheus') });

test('Prometheus takes the rules and the configuration', { skip }, () => {
    for (const args of [['check', 'rules', 'alerts.yaml'], ['check', 'config', 'prometheus.yaml']]) {
        const said = promtool(...args);
        assert.equal(said.status, 0, said.all);
    }
});

test('each alert comes when it should and not before', { skip }, () => {
    const said = promtool('test', 'rules', 'alerts.test.yaml');
    assert.equal(said.status, 0, said.all);
    const names = [...text('deploy/prometheus/alerts.yaml').matchAll(/- alert: (\w+)/g)].map(found => found[1]);
    const tested = text('deploy/prometheus/alerts.test.yaml');
    for (const name of names) assert.ok(new RegExp(`alertname: ${name}\\n\\s+exp_alerts:( &\\w+)?\\n`).test(tested), `${name} has no test in which it comes`);
});

const DASHBOARD = JSON.parse(text('deploy/grafana/dashboard.json'));
const drawn = DASHBOARD.panels.flatMap(panel => (panel.targets ?? []).map(target => [panel.title, target.expr]));

test('Prometheus understands every question of the dashboard', { skip }, t => {
    assert.ok(drawn.length >= 18, `${drawn.length}`);
    const asked = expr => expr.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*');
    const rules = { groups: [{ name: 'dashboard', rules: drawn.map(([, expr], i) => ({ record: `drawn:${i}`, expr: asked(expr) })) }] };
    const file = path.join(folder(t), 'rules.json');
    // JSON is YAML.
    fs.writeFileSync(file, JSON.stringify(rules));
    const said = promtool('check', 'rules', file);
    assert.equal(said.status, 0, said.all);
});

// A scrape of a service in which everything has happened once that a number tells of, also what should not happen.
const numbers = new Map();
const undo = [];
const later = { after: then => undo.unshift(then) };
const read = scrape => {
    for (const line of scrape.split('\n')) {
        const type = /^# TYPE (\w+) (\w+)/.exec(line);
        if (type && !numbers.has(type[1])) numbers.set(type[1], { type: type[2], labels: new Set() });
        const sample = /^(\w+?)(?:\{(.*)\})? [-+\d.einfNa]+$/.exec(line);
        if (!sample) continue;
        const of = numbers.get(sample[1]) ?? numbers.get(sample[1].replace(/_(bucket|sum|count)$/, ''));
        for (const label of (sample[2] ?? '').matchAll(/(\w+)="/g)) of.labels.add(label[1]);
    }
};
const gathered = async () => {
    const root = folder(later);
    const data = `${root}/data`;
    const made = sample(data, 12);
    // A mail server that nobody runs: deliveries wait and are tried again.
    const served = await serve(later, data, { SESAME_SMTP_URL: `smtp://127.0.0.1:${await port()}`, SESAME_MAIL_FROM: 'sesame@example.org', SESAME_AUDIT_CHECKPOINT_FILE: `${root}/checkpoints` });
    const { url } = served;
    const json = { 'content-type': 'application/json' };
    const signIn = (email, password) => ask(`${url}/auth/sign-in`, { method: 'POST', headers: json, body: JSON.stringify({ email, password }) });
    for (const command of [['backup', `${root}/kept`], ['restore', '--verify', `${root}/kept`]]) {
        const said = run(SESAME, command, { env: clean({ SESAME_DATABASE_URL: `sqlite://${data}/sesame.db`, SESAME_KEY_FILE: `${data}/sesame.key` }) });
        assert.equal(said.status, 0, said.all);
    }
    await signIn(made.email, made.password);
    await signIn(made.email, 'not the password');
    await ask(`${url}/auth/reset-request`, { method: 'POST', headers: json, body: JSON.stringify({ email: made.email }) });
    // Somebody listens.
    const query = encodeURIComponent(`subscription { contactChanged(accountId: "${made.accountId}") { position } }`);
    const listening = http.get(`${url}/graphql/stream?query=${query}`, { headers: { accept: 'text/event-stream', authorization: `Bearer ${made.token}` } }, answer => answer.resume().on('error', () => {}));
    listening.on('error', () => {});
    later.after(() => listening.destroy());
    const add = () => graphql(url, made.token, 'mutation($i: AddContactInput!) { addContact(input: $i) { contact { id } userErrors { code } } }', { i: { accountId: made.accountId, firstName: 'Anne', lastName: 'Durand' } });
    await add();
    // A read model is taken away under the service, so that the next change cannot be told to it; and an effect of a policy is put there that nobody can carry out.
    const broken = run('python3', ['-c', `
import sqlite3, sys, time
c = sqlite3.connect(sys.argv[1], timeout=20)
now = int(time.time() * 1e6)
c.execute("INSERT INTO outbox (id, account, template, data, event_id, created_at, due_at, attempts, state) VALUES (randomblob(16), zeroblob(16), 'policy:link_user', x'00', randomblob(16), ?, ?, 5, 'QUEUED')", (now, now))
c.execute('DROP TABLE contact_words_1')
c.commit()`, `${data}/sesame.db`], { env: clean() });
    assert.equal(broken.status, 0, broken.all);
    await add().catch(() => null);
    const metrics = async () => (await ask(`${url}/metrics`)).body;
    let missing;
    const all = async () => {
        const scrape = await metrics();
        missing = ['sesame_read_model_failures_total{', 'sesame_deliveries_total{', 'sesame_outbox_oldest_seconds', 'sesame_live_connections 1', 'sesame_ready', 'sesame_checkpoint_timestamp_seconds', 'sesame_backup_timestamp_seconds', 'result="WRONG_PASSWORD"', 'sesame_policy_effects_stuck{', 'sesame_policy_effects_total{'].filter(name => !scrape.includes(name));
        return missing.length === 0;
    };
    await until(120, 'everything was counted', all).catch(error => { throw new Error(`${error.message}: ${missing}; ${served.log.split('\n').filter(line => line.includes('error')).slice(-3).join(' ')}`); });
    read(await metrics());
};
let gathering;
before(async () => { if (!blind) gathering = gathered(); await gathering?.catch(() => {}); });
after(async () => { for (const then of undo) await then(); });

// Names of numbers in a text, with the labels that each is asked by.
const asked = expr => {
    const names = [...expr.matchAll(/\b(sesame_[a-z_]+)(?:\{([^}]*)\})?/g)];
    const by = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(found => found[1].split(',').map(label => label.trim()));
    return names.map(([, name, inner]) => [name, [...(inner ?? '').matchAll(/(\w+)\s*[=!]/g)].map(found => found[1]).concat(by)]);
};
// Prometheus gives these.
const SCRAPED = ['job', 'instance'];
const known = (name, labels, where) => {
    const base = numbers.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');
    assert.ok(numbers.has(base), `${where}: the service gives no ${name}`);
    if (base !== name) assert.match(numbers.get(base).type, /histogram|summary/, `${where}: ${name}`);
    if (name.endsWith('_bucket')) assert.equal(numbers.get(base).type, 'histogram', `${where}: ${name}`);
    for (const label of labels) assert.ok(SCRAPED.includes(label) || numbers.get(base).labels.has(label), `${where}: ${name} has no ${label}`);
};

test('every number of an alert is given, by the labels it is asked by', { skip: blind }, async () => {
    await gathering;
    const alerts = text('deploy/prometheus/alerts.yaml').split('- alert: ').slice(1);
    assert.ok(alerts.length >= 10);
    for (const alert of alerts) {
        const [name] = alert.split('\n');
        const expr = alert.split('expr:')[1].split(/\n {8}(?:for|labels):/)[0];
        for (const [number, labels] of asked(expr)) known(number, labels, name);
    }
});

test('every number of the dashboard is given, by the labels it is drawn by', { skip: blind }, async () => {
    await gathering;
    for (const [title, expr] of drawn) for (const [number, labels] of asked(expr)) known(number, labels, title);
});

test('the page on operations has every number that is given, and no other', { skip: blind }, async () => {
    await gathering;
    const section = text('docs/operations.md').split('## What to watch')[1].split('\n## ')[0];
    const told = new Set([...section.matchAll(/^\| `(sesame_[a-z_]+)`/gm)].map(found => found[1]));
    assert.deepEqual([...told].sort(), [...numbers.keys()].sort());
});
