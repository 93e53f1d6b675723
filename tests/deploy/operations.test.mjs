// docs/operations.md: its commands, as they stand and in their order, bring a service up from nothing, back it up, erase somebody, restore, upgrade, rebuild and change a key.
//
// What is not the test's to change is elsewhere: /etc, /var and /usr/local are a temporary folder's, the port is a free one, the user `sesame` is `nobody`. `systemctl` is a stand-in
// that starts what the unit says: its settings, its environment file, its credentials, its program, as its user.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { test } from 'node:test';
import { REPO, SESAME, clean, folder, port, text, without } from './support.mjs';

const skip = process.getuid() === 0 ? without('OPENSSL', 'CURL') : 'only root installs and becomes another user';

const SYSTEMCTL = `#!/usr/bin/env bash
set -euo pipefail
unit=$ROOT/etc/systemd/system/sesame.service
values() { sed -n "s/^$1=//p" "$unit" | sed "s#%d#$ROOT/run/credentials#g; s#/var/lib/#$ROOT/var/lib/#g; s#/etc/#$ROOT/etc/#g; s#/usr/local/#$ROOT/usr/local/#g"; }
stop() { if [ -f "$ROOT/pid" ]; then kill "$(cat "$ROOT/pid")" || true; while kill -0 "$(cat "$ROOT/pid")" 2> /dev/null; do sleep 0.1; done; rm "$ROOT/pid"; fi; }
start() {
    install -d -m 0700 -o nobody -g "$(id -g nobody)" "$(values WorkingDirectory)" "$ROOT/run/credentials"
    while IFS=: read -r name file; do install -m 0400 -o nobody "$file" "$ROOT/run/credentials/$name"; done < <(values LoadCredential)
    set=()
    while IFS= read -r line; do set+=("$line"); done < <(values Environment; f=$(values EnvironmentFile); grep -v '^#' "\${f#-}" | grep = || true)
    read -r -a exec < <(values ExecStart)
    umask "$(values UMask)"
    cd "$(values WorkingDirectory)"
    env -i PATH="$PATH" "\${set[@]}" SESAME_LISTEN="127.0.0.1:$PORT" setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups "\${exec[@]}" >> "$ROOT/journal" 2>&1 < /dev/null &
    echo $! > "$ROOT/pid"
}
case "$*" in
    daemon-reload) ;;
    'enable --now sesame' | 'start sesame') start ;;
    'enable --now sesame-backup.timer') test -s "$ROOT/etc/systemd/system/sesame-backup.service" ;;
    'stop sesame') stop ;;
    'restart sesame') stop; start ;;
    *) echo "systemctl $*: not foreseen" >&2; exit 1 ;;
esac
`;
const SUDO = `#!/usr/bin/env bash
if [ "$1" = -u ]; then shift 2; exec setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups -- "$@"; fi
exec "$@"
`;
const blocks = [...text('docs/operations.md').matchAll(/^```sh run\n([\s\S]*?)^```$/gm)].map(found => found[1]);

test('the commands of the page on operations do what it says, in their order', { skip }, async t => {
    assert.ok(blocks.length >= 9, `${blocks.length}`);
    const root = folder(t);
    fs.chmodSync(root, 0o755);
    const at = await port();
    for (const made of ['bin', 'etc/systemd/system', 'etc/sysusers.d', 'var/lib', 'var/backups', 'usr/local/bin', 'usr/local/sbin', 'run', 'repository']) fs.mkdirSync(`${root}/${made}`, { recursive: true });
    const tool = (name, script) => fs.writeFileSync(`${root}/bin/${name}`, script, { mode: 0o755 });
    tool('systemctl', SYSTEMCTL);
    tool('sudo', SUDO);
    tool('systemd-sysusers', '#!/bin/sh\ntest -s "$1"\n');
    fs.cpSync(`${REPO}/deploy`, `${root}/repository/deploy`, { recursive: true });
    fs.rmSync(`${root}/repository/deploy/container/secrets`, { recursive: true, force: true });
    fs.copyFileSync(SESAME, `${root}/repository/sesame`);
    fs.chmodSync(`${root}/repository/sesame`, 0o755);
    const here = block => block.replace(/(?<![\w.])\/(etc|var|usr\/local)\//g, `${root}/$1/`).replaceAll('127.0.0.1:8080', `127.0.0.1:${at}`)
        .replaceAll('-o sesame -g sesame', '-o nobody -g "$(id -g nobody)"');
    const script = ['set -euo pipefail', 'trap \'echo "FAILED: $BASH_COMMAND" >&2\' ERR', ...blocks.map((block, i) => `echo "== ${i + 1}"\n${here(block)}`)].join('\n');
    const env = clean({
        ROOT: root, PORT: String(at), PATH: `${root}/bin:${root}/usr/local/bin:${root}/usr/local/sbin:${process.env.PATH}`, SESAME_ETC: `${root}/etc/sesame`, SESAME_STATE: `${root}/var/lib/sesame`,
        SESAME_PROGRAM: `${root}/usr/local/bin/sesame`, SESAME_USER: 'nobody', BACKUPS_IN: `${root}/var/backups/sesame`,
    });
    const ran = spawnSync('bash', ['-c', script], { cwd: `${root}/repository`, env, encoding: 'utf8', timeout: 240000, stdio: ['ignore', 'pipe', 'pipe'] });
    // Before the folder goes, which has its id.
    if (fs.existsSync(`${root}/pid`)) process.kill(Number(fs.readFileSync(`${root}/pid`, 'utf8')));
    const journal = fs.existsSync(`${root}/journal`) ? fs.readFileSync(`${root}/journal`, 'utf8').slice(-1500) : '';
    assert.equal(ran.status, 0, `${ran.stdout}\n${ran.stderr}\n${journal}`);
    const all = pattern => ran.stdout.match(new RegExp(pattern, 'g'))?.length ?? 0;
    assert.equal(all('All is well\\.'), 3, ran.stdout);
    assert.match(ran.stdout, /can be brought back: .* the log is whole/);
    // Of the person who was erased before and after the restore nothing is left; the backup had her.
    assert.match(ran.stdout, /erased again now: 1\./);
    assert.equal(all('Now: nothing is left|Now: no key and no row is left'), 2, ran.stdout);
    assert.ok(all('The log is whole') >= 4, ran.stdout);
    assert.match(ran.stdout, /Rebuilt stream_state, contacts/);
    // The nightly one was made under its moment's name, whole, and is nobody else's to read.
    const nightly = fs.readdirSync(`${root}/var/backups/sesame`).filter(name => /^\d{8}T\d{6}Z$/.test(name));
    assert.equal(nightly.length, 1);
    assert.equal(all('can be brought back'), 2, ran.stdout);
    // What was known of the time after the backup stays, and the key of before the replacement.
    const kept = (folder, name) => assert.equal(fs.readdirSync(`${root}/${folder}`).filter(file => name.test(file)).length, 1, `${folder}: ${name}`);
    kept('var/backups/sesame', /^checkpoints\.until-\d{8}T\d{6}Z$/);
    kept('etc/sesame', /^master-key\.until-\d{8}T\d{6}Z$/);
    // The service ran as its own user, and what it keeps nobody else reads.
    const database = fs.statSync(`${root}/var/lib/sesame/sesame.db`);
    assert.equal(database.mode & 0o077, 0);
    for (const secret of ['master-key', 'index-key', 'sesame.env']) assert.equal(fs.statSync(`${root}/etc/sesame/${secret}`).mode & 0o077, 0, secret);
    assert.doesNotMatch(journal, /"level":"error"/);
});

test('every block of commands that is not run says something that this machine cannot do', () => {
    const others = [...text('docs/operations.md').matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(found => found[1]);
    for (const block of others) assert.match(block, /apt-get|docker compose|sudo -iu postgres/);
});
