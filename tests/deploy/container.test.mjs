// deploy/container: hadolint and Compose take the files, the build is sent all it reads and no secret, and the health check tells a service that is ready from one that is not.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { REPO, SESAME, clean, folder, port, repo, run, sample, serve, stop, text, without } from './support.mjs';

// What Compose printed. Debian's, written in Python, knows no form but YAML; its library is there with it.
const asJson = yaml => {
    for (const python of ['/usr/bin/python3', 'python3']) {
        const read = spawnSync(python, ['-c', 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)'], { input: yaml, encoding: 'utf8' });
        if (read.status === 0) return JSON.parse(read.stdout);
    }
    return null;
};

const COMPOSE = { sqlite: ['sesame'], postgres: ['sesame', 'postgres'], kurrent: ['sesame', 'postgres', 'kurrent'] };
const DOCKERFILE = text('deploy/container/Dockerfile');

test('hadolint has nothing to say of the Dockerfile', { skip: without('HADOLINT') }, () => {
    const said = run(process.env.HADOLINT, ['--failure-threshold', 'style', repo('deploy/container/Dockerfile')]);
    assert.equal(said.status, 0, said.all);
    assert.equal(said.out, '');
});

test('the image runs as nobody in particular and holds no setting that is secret', () => {
    const last = DOCKERFILE.slice(DOCKERFILE.lastIndexOf('\nFROM '));
    assert.match(last, /^USER [1-9]\d*:[1-9]\d*$/m);
    assert.doesNotMatch(DOCKERFILE, /KEY=|PASSWORD|SECRET/);
    assert.doesNotMatch(last, /apt-get|curl/);
});

// The context as Docker makes it: the last line that a path matches decides.
const rules = text('deploy/container/Dockerfile.dockerignore').split('\n').filter(line => line && !line.startsWith('#'));
const sent = file => {
    let kept = true;
    for (const rule of rules) {
        const pattern = rule.replace(/^!/, '').replace(/[.+]/g, '\\$&').replaceAll('**/', '§').replaceAll('**', '.*').replace(/(?<!\.)\*/g, '[^/]*').replaceAll('§', '(.*/)?');
        if (new RegExp(`^${pattern}(/.*)?$`).test(file)) kept = rule.startsWith('!');
    }
    return kept;
};

test('the build is sent whatever the program was built from, and nothing that lies about', t => {
    // Cargo's own list of the files a program was made of, beside it.
    const list = `${SESAME}.d`;
    if (fs.existsSync(list)) {
        const files = fs.readFileSync(list, 'utf8').split(': ')[1].split(/(?<!\\)\s+/).filter(file => file.startsWith(`${REPO}/`)).map(file => file.slice(REPO.length + 1));
        const own = files.filter(file => !file.startsWith('target/') && !file.startsWith('.git'));
        if (!own.length) t.diagnostic('the program was built from another folder: its list of files is not looked at');
        assert.deepEqual(own.filter(file => !sent(file)), []);
    }
    for (const file of ['sesame.db', 'sesame.db-wal', 'sesame.db.key', 'src/x/sesame.key', '.git/config', 'target/debug/sesame', 'src/web/node_modules/a', 'deploy/container/secrets/master-key', '.env', 'docs/a']) {
        assert.ok(!sent(file), file);
    }
    for (const file of ['src/main.rs', 'Cargo.lock', 'src/web/package-lock.json', 'migrations/0001_log.sql', 'pages/assets/app.js']) assert.ok(sent(file), file);
});

test('cargo understands what the build is sent', t => {
    const context = folder(t);
    const files = run('git', ['ls-files', '-co', '--exclude-standard'], { cwd: REPO }).out.split('\n').filter(file => file && sent(file) && fs.existsSync(repo(file)));
    for (const file of files) {
        fs.mkdirSync(path.dirname(path.join(context, file)), { recursive: true });
        fs.copyFileSync(repo(file), path.join(context, file));
    }
    const said = run('cargo', ['metadata', '--locked', '--offline', '--no-deps', '--format-version', '1'], { cwd: context });
    assert.equal(said.status, 0, said.err);
});

// The command of HEALTHCHECK, as Docker would run it, for another port.
const healthy = port => {
    const command = JSON.parse(/HEALTHCHECK[^[]*CMD (\[.*\])\n/.exec(DOCKERFILE)[1]);
    const [program, ...args] = command.map(word => word.replace('/8080', `/${port}`));
    return spawnSync(program, args, { timeout: 8000 }).status === 0;
};

test('the health check tells a service that is ready from one that is not there, and from one that cannot write', { skip: without('PYTHON3', 'CURL') }, async t => {
    const data = folder(t);
    sample(data, 3);
    const served = await serve(t, data);
    const at = new URL(served.url).port;
    assert.ok(healthy(at));
    assert.ok(!healthy(await port()));
    // Another process holds the one lock that every write needs.
    const held = run('python3', ['-c', `
import sqlite3, subprocess, sys
c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN IMMEDIATE')
print(subprocess.run(['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', sys.argv[2]], capture_output=True, text=True).stdout)`, `${data}/sesame.db`, `${served.url}/readyz`], { env: clean() });
    assert.equal(held.out.trim(), '503', held.all);
    await stop(served.child);
    assert.ok(!healthy(at));
});

for (const [name, services] of Object.entries(COMPOSE)) {
    const file = repo(`deploy/container/compose.${name}.yaml`);
    const [program, ...first] = (process.env.COMPOSE ?? '').split(' ');
    const config = (env, more = []) => run(program, [...first, '-f', file, 'config', ...more], { env: clean(env) });

    test(`Compose takes compose.${name}.yaml, and each service in it is held tight`, { skip: without('COMPOSE') }, () => {
        const said = config({ SESAME_PUBLIC_URL: 'https://sesame.example.org' });
        assert.equal(said.status, 0, said.err);
        const understood = asJson(said.out) ?? JSON.parse(config({ SESAME_PUBLIC_URL: 'https://a' }, ['--format', 'json']).out);
        assert.deepEqual(Object.keys(understood.services).sort(), [...services].sort());
        for (const [service, its] of Object.entries(understood.services)) {
            assert.equal(its.read_only, true, service);
            assert.deepEqual(its.cap_drop, ['ALL'], service);
            assert.deepEqual(its.security_opt, ['no-new-privileges:true'], service);
            assert.ok(service === 'sesame' || its.healthcheck, service);
            assert.equal(JSON.stringify(its).includes(':latest'), false, service);
            // Only Sésame is reached from outside, and only from this machine; its settings are known to the program.
            if (service !== 'sesame') { assert.equal(its.ports, undefined); continue; }
            assert.match(JSON.stringify(its.ports), /127\.0\.0\.1/);
            for (const key of Object.keys(its.environment)) assert.ok(text('docs/configuration.md').includes(`\`${key}\``), key);
        }
        // A volume that is named outlives its container; a password is in a file that is not in the repository.
        for (const its of Object.values(understood.services)) for (const volume of its.volumes ?? []) assert.ok((volume.source ?? volume.split(':')[0]) in understood.volumes);
        for (const its of Object.values(understood.services)) {
            for (const [key, value] of Object.entries(its.environment)) assert.ok(!/PASSWORD$|KEY$/.test(key), `${key}: ${value}`);
        }
        for (const secret of Object.values(understood.secrets)) {
            assert.match(secret.file, /deploy\/container\/secrets\//);
            assert.equal(run('git', ['check-ignore', '-q', secret.file], { cwd: REPO }).status, 0, secret.file);
        }
    });

    test(`compose.${name}.yaml does not guess the address that people use`, { skip: without('COMPOSE') }, () => {
        const said = config({});
        assert.notEqual(said.status, 0);
        assert.match(said.err, /the https address that people use/);
    });
}

test('the program takes the settings of each Compose file', { skip: without('OPENSSL') }, t => {
    const data = folder(t);
    for (const name of Object.keys(COMPOSE)) {
        const block = text(`deploy/container/compose.${name}.yaml`).split('\n  sesame:\n')[1].split('\n    environment:\n')[1].split(/\n    (?=\w)/)[0];
        const set = Object.fromEntries(block.split('\n').filter(line => !line.trim().startsWith('#')).map(line => /^ {6}(\w+): "?(.*?)"?$/.exec(line).slice(1)));
        set.SESAME_PUBLIC_URL = 'https://sesame.example.org';
        for (const [key, value] of Object.entries(set)) {
            if (!value.startsWith('/run/secrets/')) continue;
            const file = path.join(data, path.basename(value));
            fs.writeFileSync(file, value.includes('url') ? 'postgres://sesame@127.0.0.1:1/sesame' : run('openssl', ['rand', '-base64', '32']).out);
            set[key] = file;
        }
        if (name === 'sqlite') set.SESAME_DATABASE_URL = `sqlite://${data}/sesame.db`;
        // Over the settings that the image has.
        const said = run(SESAME, ['doctor'], { env: clean({ SESAME_DATABASE_URL: 'sqlite:///data/sesame.db', ...set }), cwd: data });
        assert.match(said.out, /✓ settings/, said.all);
        assert.match(said.out, name === 'sqlite' ? /the file is not there/ : /✗ database/);
    }
});
