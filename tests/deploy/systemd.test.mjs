// deploy/systemd: the unit is one that systemd takes, keeps the service in, and starts with the settings and keys that the page on operations names.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { REPO, SESAME, clean, folder, repo, run, text, without } from './support.mjs';

const UNIT = text('deploy/systemd/sesame.service');
const lines = name => UNIT.split('\n').filter(line => line.startsWith(`${name}=`)).map(line => line.slice(name.length + 1));

const noRoot = process.getuid() === 0 ? without('OPENSSL') : 'only root becomes another user';

// With the program where it is here; of whoever checks a unit systemd-analyze asks that the program is there.
const unit = t => {
    const file = path.join(folder(t), 'sesame.service');
    fs.writeFileSync(file, UNIT.replaceAll('/usr/local/bin/sesame', SESAME));
    return file;
};

test('systemd takes the unit without a word', { skip: without('SYSTEMD_ANALYZE') }, t => {
    const said = run(process.env.SYSTEMD_ANALYZE, ['verify', '--man=no', unit(t)]);
    assert.equal(said.status, 0, said.all);
    // Units of this machine may have words of their own.
    assert.doesNotMatch(said.all, /sesame/);
});

test('the unit is exposed to 2.5 of 10 at most', { skip: without('SYSTEMD_ANALYZE') }, t => {
    const said = run(process.env.SYSTEMD_ANALYZE, ['security', '--offline=true', '--threshold=25', '--no-pager', unit(t)]);
    assert.equal(said.status, 0, said.all);
    assert.match(said.all, /Overall exposure level/);
});

test('systemd takes the nightly backup without a word', { skip: without('SYSTEMD_ANALYZE') }, t => {
    const root = folder(t);
    for (const name of ['sesame-backup.service', 'sesame-backup.timer']) fs.writeFileSync(`${root}/${name}`, text(`deploy/systemd/${name}`).replaceAll('/usr/local/sbin/sesame-backup', repo('deploy/systemd/sesame-backup')));
    const said = run(process.env.SYSTEMD_ANALYZE, ['verify', '--man=no', `${root}/sesame-backup.service`, `${root}/sesame-backup.timer`]);
    assert.equal(said.status, 0, said.all);
    assert.doesNotMatch(said.all, /sesame/);
});

test('the nightly backup keeps the newest, takes none away that it did not make, and ends where one cannot be brought back', { skip: noRoot }, t => {
    const root = folder(t);
    for (const made of ['bin', 'state', 'to', 'to/monday', 'to/20200101T000000Z', 'to/20200102T000000Z', 'to/20200103T000000Z']) fs.mkdirSync(`${root}/${made}`);
    for (const noted of ['erasures', 'checkpoints']) fs.writeFileSync(`${root}/state/${noted}`, 'noted');
    const admin = verify => fs.writeFileSync(`${root}/bin/sesame-admin`, `#!/bin/sh\ncase "$1" in backup) mkdir "$2" ;; restore) ${verify} ;; esac\n`, { mode: 0o755 });
    const backup = () => run(repo('deploy/systemd/sesame-backup'), [], { env: clean({ PATH: `${root}/bin:${process.env.PATH}`, BACKUPS_IN: `${root}/to`, BACKUPS_KEPT: '2', SESAME_STATE: `${root}/state`, SESAME_USER: 'root' }) });
    const there = () => fs.readdirSync(`${root}/to`).sort();
    admin('exit 1');
    assert.notEqual(backup().status, 0);
    assert.ok(there().includes('20200101T000000Z'), 'none is taken away for one that is no good');
    assert.equal(fs.readFileSync(`${root}/to/erasures`, 'utf8'), 'noted', 'who was erased is kept all the same');
    fs.rmSync(`${root}/to/erasures`);
    for (const name of there().filter(name => name > '2021' && /Z$/.test(name))) fs.rmSync(`${root}/to/${name}`, { recursive: true });
    admin('exit 0');
    const done = backup();
    assert.equal(done.status, 0, done.all);
    const [oldest, newest, ...others] = there();
    assert.deepEqual([oldest, others], ['20200103T000000Z', ['checkpoints', 'erasures', 'monday']]);
    assert.match(newest, /^2\d{7}T\d{6}Z$/);
    for (const kept of ['erasures', 'checkpoints', `${newest}/checkpoints`]) assert.equal(fs.readFileSync(`${root}/to/${kept}`, 'utf8'), 'noted');
    assert.equal(fs.statSync(`${root}/to/erasures`).mode & 0o077, 0);
});

test('the user of the unit is one that systemd-sysusers makes', { skip: without('SYSTEMD_SYSUSERS') }, t => {
    const root = folder(t);
    fs.mkdirSync(`${root}/etc`);
    const said = run(process.env.SYSTEMD_SYSUSERS, [`--root=${root}`, repo('deploy/systemd/sesame.sysusers')]);
    assert.equal(said.status, 0, said.all);
    assert.match(fs.readFileSync(`${root}/etc/passwd`, 'utf8'), /^sesame:.*:\/var\/lib\/sesame:\/usr\/sbin\/nologin$/m);
    assert.deepEqual([lines('User'), lines('Group')], [['sesame'], ['sesame']]);
});

test('a stop waits for longer than the service does', () => {
    const own = /`SESAME_SHUTDOWN_SECONDS` \| `(\d+)`/.exec(text('docs/configuration.md'));
    assert.ok(Number(lines('TimeoutStopSec')[0]) > Number(own[1]) + 5);
});

test('every setting of the unit and of the example is one that the program takes', () => {
    const commented = text('deploy/sesame.env').split('\n').map(line => line.replace(/^#(?=SESAME_)/, '')).filter(line => line.startsWith('SESAME_'));
    const set = [...lines('Environment'), ...commented].map(line => line.slice(0, line.indexOf('=')));
    assert.ok(set.length >= 10, set.join());
    const known = text('docs/configuration.md');
    for (const name of set) assert.ok(known.includes(`\`${name}\``), name);
    // The values of the example that are set are taken as well: an unknown name or a wrong value would be refused here.
    const env = Object.fromEntries(commented.map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
    const said = run(SESAME, ['account', 'open', '--company', 'X'], { env: clean({ ...env, SESAME_DATABASE_URL: 'sqlite:///nowhere/at/all.db', SESAME_POOL_SIZE: 'x' }), cwd: '/' });
    assert.match(said.err, /SESAME_POOL_SIZE/);
    assert.doesNotMatch(said.err, /SMTP|PUBLIC|PROXIES/);
});

// An /etc/sesame and a /var/lib/sesame of the test's own, for the user that it runs as.
const machine = (t, env) => {
    const root = folder(t);
    fs.chmodSync(root, 0o755);
    const [etc, state] = [`${root}/etc`, `${root}/state`];
    fs.mkdirSync(etc, { mode: 0o700 });
    fs.mkdirSync(state, { mode: 0o700 });
    fs.writeFileSync(`${etc}/sesame.env`, env);
    for (const key of ['master-key', 'index-key']) fs.writeFileSync(`${etc}/${key}`, run('openssl', ['rand', '-base64', '32']).out, { mode: 0o600 });
    const [uid, gid] = ['-u', '-g'].map(flag => Number(run('id', [flag, 'nobody']).out));
    fs.chownSync(state, uid, gid);
    // The program may stand where nobody else may look.
    fs.copyFileSync(SESAME, `${root}/sesame`);
    fs.chmodSync(`${root}/sesame`, 0o755);
    const settings = { SESAME_ETC: etc, SESAME_STATE: state, SESAME_PROGRAM: `${root}/sesame`, SESAME_USER: 'nobody' };
    return { root, etc, state, uid, admin: (...args) => run(repo('deploy/systemd/sesame-admin'), args, { env: { ...clean(), ...settings }, cwd: '/' }) };
};

test('sesame-admin works as the user and with the settings and keys of the service', { skip: noRoot }, t => {
    const m = machine(t, '# a remark\n\nSESAME_PUBLIC_URL="https://sesame.example.org"\nSESAME_POOL_SIZE=4\n');
    const opened = m.admin('--json', 'account', 'open', '--company', 'Atelier du Large');
    assert.equal(opened.status, 0, opened.all);
    const database = fs.statSync(`${m.state}/sesame.db`);
    assert.deepEqual([database.uid, database.mode & 0o777], [m.uid, 0o600]);
    // The keys were those of the files: none was made.
    assert.deepEqual(fs.readdirSync(m.state).filter(name => name.includes('key')), []);
    assert.equal(m.admin('doctor').status, 0);
    fs.writeFileSync(`${m.etc}/master-key`, run('openssl', ['rand', '-base64', '32']).out);
    assert.notEqual(m.admin('doctor').status, 0);
});

test('sesame-admin refuses a line that the service would not understand either', { skip: noRoot }, t => {
    const wrong = machine(t, 'SESAME_POOL_SIZE=many\n').admin('doctor');
    assert.match(wrong.all, /SESAME_POOL_SIZE/);
    assert.notEqual(wrong.status, 0);
    assert.match(machine(t, 'no setting\n').admin('doctor').err, /sets nothing/);
});

test('sesame-admin stands for the settings that the unit has', () => {
    const script = text('deploy/systemd/sesame-admin');
    for (const line of lines('Environment').filter(line => !line.includes('%d'))) {
        const [name, value] = [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)];
        assert.ok(script.includes(`export ${name}="${value.replace('/var/lib/sesame', '$state')}"`), line);
    }
    assert.ok(fs.statSync(path.join(REPO, 'deploy/systemd/sesame-admin')).mode & 0o100);
});
