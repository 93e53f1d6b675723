// deploy/nginx/sesame.conf in a real nginx, with a certificate that we sign ourselves, before a real service.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http2 from 'node:http2';
import https from 'node:https';
import { after, before, test } from 'node:test';
import { ask, clean, folder, graphql, port, repo, run, sample, serve, stop, text, until, wait, without } from './support.mjs';

const NAME = 'sesame.example.org';
const skip = without('NGINX_BIN', 'OPENSSL');
const undo = [];
const t = { after: then => undo.unshift(then) };
let root, at, plain, url, made, served, cookie;

// The configuration as it stands, but for what the page on operations says is to be changed, and places that belong to root.
const configured = (service, secure, open) => {
    const conf = text('deploy/nginx/sesame.conf')
        .replace('server 127.0.0.1:8080;', `server ${new URL(service).host};`)
        .replaceAll(/listen (\[::\]:)?443/g, `listen 127.0.0.1:${secure}`).replaceAll(/listen (\[::\]:)?80;/g, `listen 127.0.0.1:${open};`)
        .replaceAll('/etc/letsencrypt/live/sesame.example.org', root).replaceAll('/var/log/nginx', root);
    // Both addresses of a machine are one here.
    return conf.split('\n').filter((line, i, all) => !line.includes('listen') || all.indexOf(line) === i).join('\n');
};

before(async () => {
    if (skip) return;
    root = folder(t);
    made = sample(`${root}/data`, 12);
    served = await serve(t, `${root}/data`, { SESAME_PUBLIC_URL: `https://${NAME}`, SESAME_TRUSTED_PROXIES: '127.0.0.1,::1' });
    [at, plain] = [await port(), await port()];
    url = `https://127.0.0.1:${at}`;
    const signed = run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1', '-subj', `/CN=${NAME}`, '-keyout', `${root}/privkey.pem`, '-out', `${root}/fullchain.pem`]);
    assert.equal(signed.status, 0, signed.err);
    fs.writeFileSync(`${root}/site.conf`, configured(served.url, at, plain));
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path ${root}/temp-${name};`).join(' ');
    fs.writeFileSync(`${root}/nginx.conf`, `daemon off; pid ${root}/nginx.pid; error_log ${root}/nginx.error.log warn; worker_processes 1; ${process.getuid() === 0 ? 'user root;' : ''}
events {} http { ${temporary} include ${root}/site.conf; }\n`);
    const tested = run(process.env.NGINX_BIN, ['-t', '-q', '-p', root, '-e', `${root}/first.log`, '-c', `${root}/nginx.conf`]);
    assert.deepEqual([tested.status, tested.all], [0, '']);
    const nginx = spawn(process.env.NGINX_BIN, ['-p', root, '-e', `${root}/first.log`, '-c', `${root}/nginx.conf`], { stdio: 'ignore' });
    t.after(() => stop(nginx));
    await until(20, 'nginx answers', () => ask(`${url}/sign-in`, { headers: { host: NAME } }).catch(() => null));
});
after(async () => { for (const then of undo) await then(); });

const page = (path, headers = {}) => ask(`${url}${path}`, { headers: { host: NAME, ...headers } });

test('a page comes over TLS, and what it names comes too', { skip }, async () => {
    const answer = await page('/sign-in');
    assert.equal(answer.status, 200);
    assert.match(answer.headers['strict-transport-security'], /max-age=31536000/);
    assert.equal(answer.headers.server, 'nginx');
    const asset = /\/assets\/app-[0-9a-f]+\.css/.exec(answer.body)[0];
    assert.match((await page(asset)).headers['content-type'], /text\/css/);
});

test('HTTP/2 is spoken, and TLS 1.1 is not', { skip }, async () => {
    const client = http2.connect(url, { rejectUnauthorized: false });
    const status = await new Promise((done, failed) => {
        client.on('error', failed);
        client.request({ ':path': '/sign-in', ':authority': NAME }).on('response', headers => done(headers[':status'])).on('error', failed).end();
    });
    client.close();
    assert.equal(status, 200);
    const old = run('openssl', ['s_client', '-connect', `127.0.0.1:${at}`, '-tls1_1', '-cipher', 'ALL:@SECLEVEL=0'], { input: '' });
    assert.notEqual(old.status, 0);
});

test('a person signs in and stays so', { skip }, async () => {
    const answer = await ask(`${url}/auth/sign-in`, {
        method: 'POST', headers: { host: NAME, 'content-type': 'application/json', origin: `https://${NAME}` }, body: JSON.stringify({ email: made.email, password: made.password }),
    });
    assert.equal(answer.status, 200, answer.body);
    assert.match(answer.headers['set-cookie'][0], /^__Host-sid=.*Secure/);
    cookie = answer.headers['set-cookie'][0].split(';')[0];
    const session = JSON.parse((await page('/auth/session', { cookie })).body);
    assert.equal(session.user.email, made.email);
});

test('a question of GraphQL is answered, and another host is not', { skip }, async () => {
    const asked = await graphql(url, made.token, 'query($a: ID!) { contacts(accountId: $a, first: 3) { edges { node { id } } } }', { a: made.accountId }, { host: NAME });
    assert.equal(asked.contacts.edges.length, 3);
    const other = await ask(`${url}/graphql`, { method: 'POST', headers: { host: 'other.example', authorization: `Bearer ${made.token}` }, body: '{}' });
    assert.equal(other.status, 421);
});

// A contact added by the owner, who is a person: their address is kept.
const add = async (name, headers = {}) => {
    const input = { accountId: made.accountId, firstName: 'Anne', lastName: name };
    const said = await graphql(url, made.ownerToken, 'mutation($i: AddContactInput!) { addContact(input: $i) { contact { id } userErrors { code message } } }', { i: input }, { host: NAME, ...headers });
    assert.deepEqual(said.addContact.userErrors, []);
    return said.addContact.contact.id;
};

test('an event stream hears of a change within two seconds', { skip }, async () => {
    const query = `subscription { contactChanged(accountId: "${made.accountId}") { position type contactId } }`;
    let heard = '';
    const request = https.get(`${url}/graphql/stream?query=${encodeURIComponent(query)}`, {
        rejectUnauthorized: false, headers: { host: NAME, accept: 'text/event-stream', authorization: `Bearer ${made.token}` },
    }, answer => answer.on('data', part => { heard += part; }).on('error', () => {}));
    request.on('error', () => {});
    // A comment or nothing comes first: the stream is open when the service counts it.
    await until(5, 'somebody listens', async () => /sesame_live_connections [1-9]/.test((await ask(`${served.url}/metrics`)).body));
    await wait(0.3);
    const began = Date.now();
    const id = await add('Stream');
    await until(2, 'the event', () => heard.includes(id));
    assert.ok(Date.now() - began < 2000, `${Date.now() - began} ms`);
    request.destroy();
});

test('a WebSocket is opened', { skip }, async () => {
    const answer = await new Promise((done, failed) => {
        const request = https.get(`${url}/graphql/ws`, {
            rejectUnauthorized: false, headers: {
                host: NAME, connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': Buffer.alloc(16, 7).toString('base64'),
                'sec-websocket-protocol': 'graphql-transport-ws', authorization: `Bearer ${made.token}`,
            },
        }, done);
        request.on('upgrade', (answer, socket) => { socket.destroy(); done(answer); }).on('error', failed);
    });
    assert.equal(answer.statusCode, 101);
    assert.equal(answer.headers['sec-websocket-protocol'], 'graphql-transport-ws');
});

test('a file of more than a megabyte is imported, one of more than the service takes is not', { skip }, async () => {
    const upload = body => ask(`${url}/import/contacts?account=${made.accountId}&dryRun=true`, {
        method: 'POST', headers: { host: NAME, authorization: `Bearer ${made.token}`, 'content-type': 'text/csv', 'content-length': Buffer.byteLength(body) }, body,
    });
    const template = (await page('/import/template.csv?lang=fr', { authorization: `Bearer ${made.token}` })).body;
    const head = template.split(/\r?\n/)[0];
    const columns = head.split(';');
    const row = i => columns.map(name => (/^"?nom"?$/i.test(name) ? `Durand ${i} ${'x'.repeat(60)}` : '')).join(';');
    const large = `${head}\n${Array.from({ length: 15000 }, (_, i) => row(i)).join('\n')}\n`;
    assert.ok(large.length > 1 << 20, `${large.length}`);
    const answer = await upload(large);
    assert.equal(answer.status, 200, answer.body.slice(0, 400));
    assert.ok(answer.body.includes('15000'), answer.body.slice(0, 400));
    const limit = Number(/`SESAME_IMPORT_MAX_BYTES` \| `(\d+)`/.exec(text('docs/configuration.md'))[1]);
    assert.equal(Number(/= \/import\/contacts \{.*client_max_body_size (\d+);/.exec(text('deploy/nginx/sesame.conf'))[1]), limit);
    assert.equal((await upload(Buffer.alloc(limit + 1, 'x')).catch(() => ({ status: 413 }))).status, 413);
    // Who may not is told so without the file having been sent.
    const stranger = await ask(`${url}/import/contacts?account=${made.accountId}`, { method: 'POST', headers: { host: NAME, 'content-length': 15 << 20 }, body: '' }).catch(() => null);
    assert.ok(stranger === null || stranger.status === 401, stranger?.status);
});

test('probes and numbers are for this machine alone, however they are written', { skip }, async () => {
    for (const path of ['/metrics', '/readyz', '/healthz', '//metrics', '/%6detrics', '/x/../metrics', '/metrics?x', '/metrics/', '/metrics;x', '/./metrics', '/METRICS']) {
        const answer = await page(path);
        assert.equal(answer.status, 404, path);
        assert.doesNotMatch(answer.body, /sesame_/, path);
    }
    assert.equal((await ask(`${served.url}/metrics`)).status, 200);
});

test('the trail has the address of the client, and what a client writes into a header counts for nothing', { skip }, async () => {
    // The proxy is on this machine, and so is the client: another address of the loopback tells them apart.
    const from = (name, headers) => new Promise((done, failed) => {
        const body = JSON.stringify({
            query: 'mutation($i: AddContactInput!) { addContact(input: $i) { contact { id } userErrors { code } } }', variables: { i: { accountId: made.accountId, firstName: 'Anne', lastName: name } },
        });
        const request = https.request(`${url}/graphql`, {
            method: 'POST', rejectUnauthorized: false, localAddress: '127.0.0.77', headers: { host: NAME, 'content-type': 'application/json', authorization: `Bearer ${made.ownerToken}`, ...headers },
        }, answer => { let all = ''; answer.on('data', part => { all += part; }).on('end', () => done(JSON.parse(all).data.addContact.contact.id)); });
        request.on('error', failed).end(body);
    });
    for (const id of [await from('Ici'), await from('Ailleurs', { 'x-forwarded-for': '203.0.113.9', 'x-real-ip': '203.0.113.9', forwarded: 'for=203.0.113.9' })]) {
        const trail = await graphql(url, made.ownerToken, 'query($a: ID!, $c: ID!) { auditTrail(accountId: $a, first: 5, filter: {contactId: $c}) { edges { node { type address } } } }', { a: made.accountId, c: id }, { host: NAME });
        assert.equal(trail.auditTrail.edges[0].node.address, '127.0.0.77', JSON.stringify(trail));
    }
});

test('a request has one name in both logs, and what was searched for stands in none', { skip }, async () => {
    const answer = await page(`/a/${made.accountId}/contacts?q=Chercherait-elle`, { cookie });
    // On to the choice of an account: what was asked went through both all the same.
    assert.equal(answer.status, 303);
    const id = answer.headers['x-request-id'];
    await until(5, 'the lines are written', () => fs.readFileSync(`${root}/sesame.log`, 'utf8').includes(id) && served.log.includes(id));
    for (const name of ['sesame.log', 'sesame.error.log', 'nginx.error.log']) assert.doesNotMatch(fs.readFileSync(`${root}/${name}`, 'utf8'), /Chercherait/, name);
    assert.match(fs.readFileSync(`${root}/sesame.log`, 'utf8'), /127\.0\.0\.77/);
});

test('without TLS people are sent on, and programs are refused', { skip }, async () => {
    const open = path => ask(`http://127.0.0.1:${plain}${path}`, { headers: { host: NAME } });
    const sent = await open('/a/b?c=d');
    assert.deepEqual([sent.status, sent.headers.location], [301, `https://${NAME}/a/b?c=d`]);
    for (const path of ['/graphql', '/auth/sign-in', '/import/contacts', '/export/subscribers.csv', '/graphql/ws', '/erp/records']) assert.equal((await open(path)).status, 403, path);
});
