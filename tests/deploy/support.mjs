// What the tests of deploy/ share: a temporary folder, the service in it, requests, and the words for a tool that is not there.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const REPO = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const SESAME = process.env.SESAME;
export const repo = (...parts) => path.join(REPO, ...parts);
export const text = (...parts) => fs.readFileSync(repo(...parts), 'utf8');

// `tests/deploy/run` names each tool in a variable; one it could not get is empty, and its test is skipped with this reason.
export const without = (...tools) => {
    const missing = tools.filter(tool => !process.env[tool]);
    return missing.length ? `${missing.map(tool => tool.toLowerCase().replace('_bin', '').replace('_', '-')).join(', ')}: not on this machine, and could not be had` : false;
};

export const folder = t => {
    const made = fs.mkdtempSync(path.join(os.tmpdir(), 'sesame-deploy.'));
    t.after(() => fs.rmSync(made, { recursive: true, force: true }));
    return made;
};

export const run = (program, args, options = {}) => {
    const ended = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 64 << 20, ...options });
    if (ended.error) throw ended.error;
    return { status: ended.status, out: ended.stdout, err: ended.stderr, all: ended.stdout + ended.stderr };
};

export const wait = seconds => new Promise(done => setTimeout(done, seconds * 1000));

// Asks until the answer is one, or the time is over.
export const until = async (seconds, what, ask) => {
    const end = Date.now() + seconds * 1000;
    for (;;) {
        const answer = await ask();
        if (answer) return answer;
        if (Date.now() > end) throw new Error(`after ${seconds} s still not: ${what}`);
        await wait(0.1);
    }
};

export const port = () => new Promise((done, failed) => {
    const server = net.createServer().on('error', failed).listen(0, '127.0.0.1', () => {
        const { port } = server.address();
        server.close(() => done(port));
    });
});

// The environment of this process without settings of a service that may run here.
export const clean = extra => {
    const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('SESAME') && !['DATABASE_URL', 'LOG_URL'].includes(name));
    return { ...Object.fromEntries(kept), ...extra };
};

// Ends a process that we started, and waits for it.
export const stop = async child => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise(done => child.once('exit', done));
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 30000);
    await ended;
    clearTimeout(late);
};

// Sample data in a folder: its tokens, and the owner's login.
export const sample = (data, contacts = 12) => {
    const made = run(SESAME, ['--json', 'demo', '--no-serve', '--data', data, '--contacts', String(contacts)], { env: clean() });
    if (made.status !== 0) throw new Error(made.all);
    return JSON.parse(made.out);
};

// `sesame serve` over the data of a folder; where it answers, and what it wrote to its log.
export const serve = async (t, data, settings = {}) => {
    const env = clean({
        SESAME_DATABASE_URL: `sqlite://${data}/sesame.db`, SESAME_KEY_FILE: `${data}/sesame.key`, SESAME_LISTEN: '127.0.0.1:0', SESAME_SHUTDOWN_SECONDS: '2', ...settings,
    });
    const child = spawn(SESAME, ['--json', 'serve'], { env, cwd: data, stdio: ['ignore', 'pipe', 'pipe'] });
    t.after(() => stop(child));
    const served = { child, log: '', url: '' };
    let said = '';
    child.stdout.on('data', bytes => { said += bytes; });
    child.stderr.on('data', bytes => { served.log += bytes; });
    served.url = await until(60, 'the service serves', () => {
        if (child.exitCode !== null) throw new Error(`the service ended: ${served.log}`);
        return said.includes('\n') && JSON.parse(said.split('\n')[0]).url;
    });
    return served;
};

// One request, its answer whole; certificates that nobody signed are taken, because these are ours; a connection each, for one that was refused ends.
export const ask = (url, { method = 'GET', headers = {}, body } = {}) => new Promise((done, failed) => {
    const request = (url.startsWith('https') ? https : http).request(url, { method, headers, rejectUnauthorized: false, agent: false }, answer => {
        const parts = [];
        answer.on('data', part => parts.push(part)).on('error', failed).on('end', () => {
            done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts).toString() });
        });
    });
    request.on('error', failed).end(body);
});

export const graphql = async (url, token, query, variables = {}, headers = {}) => {
    const answer = await ask(`${url}/graphql`, {
        method: 'POST', body: JSON.stringify({ query, variables }), headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    });
    const said = JSON.parse(answer.body);
    if (said.errors) throw new Error(answer.body);
    return said.data;
};
