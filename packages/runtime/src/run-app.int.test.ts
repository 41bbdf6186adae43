import { describe, expect, test } from 'vitest';
import { anAppProcess } from '../test/app-process.ts';

const failed = { code: 1, signal: null };
const ended = { code: 0, signal: null };

describe('a start that fails', () => {
  test('for a stated reason is one line and exit code 1', async () => {
    using app = anAppProcess('is misconfigured');

    expect(await app.exit).toEqual(failed);
    expect(app.stderr()).toBe('fixture cannot start: PORT is not valid: choose another\n');
    expect(app.stdout()).toBe('');
  });

  test('for any other reason is one line, too, and the log has the rest', async () => {
    using app = anAppProcess('fails to start');

    expect(await app.exit).toEqual(failed);
    expect(app.stderr()).toBe('fixture cannot start: the first line\n');
    expect(JSON.parse(app.stdout())).toMatchObject({
      level: 'fatal',
      err: { type: 'TypeError', message: 'the first line\nthe second line' },
    });
  });

  test('for a log level that does not exist is one line', async () => {
    using app = anAppProcess('starts', { LOG_LEVEL: 'loud' });

    expect(await app.exit).toEqual(failed);
    expect(app.stderr()).toMatch(/^fixture cannot start: LOG_LEVEL is none of trace, .*\n$/);
  });
});

describe('a signal', () => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    '%s disposes of the app and exits 0, with the last line of the log written',
    async (signal) => {
      using app = anAppProcess('starts');
      await app.says('started');
      app.kill(signal);

      expect(await app.exit).toEqual(ended);
      // The log is written aside: its lines keep their order among themselves only, and may stand between these two.
      expect(app.stdout()).toMatch(/^disposing\n[^]*^disposed\n/m);
      expect(app.stdout()).toMatch(/"signal":"SIG(TERM|INT|HUP)","msg":"stopping"[^]*"msg":"stopped"/);
      expect(app.stderr()).toBe('');
    },
  );

  test('during the start waits for it, then disposes of what was started', async () => {
    using app = anAppProcess('starts slowly');
    await app.says('starting');
    app.kill('SIGTERM');

    expect(await app.exit).toEqual(ended);
    expect(app.stdout()).toMatch(/^disposing\n[^]*^disposed\n/m);
  });

  test('a second time exits 1 at once', async () => {
    using app = anAppProcess('stops for ever');
    await app.says('started');
    app.kill('SIGTERM');
    await app.says('disposing');
    app.kill('SIGINT');

    expect(await app.exit).toEqual(failed);
    expect(app.stderr()).toBe('fixture: SIGINT again, leaving at once\n');
  });

  test('twice within a moment is one, as npm hands on the Ctrl-C that all have got from the terminal', async () => {
    using app = anAppProcess('starts slowly');
    await app.says('starting');
    app.kill('SIGTERM');
    app.kill('SIGTERM');

    expect(await app.exit).toEqual(ended);
    expect(app.stdout()).toMatch(/^disposing\n[^]*^disposed\n/m);
  });

  test('exits 1 when disposal takes longer than it may', async () => {
    using app = anAppProcess('stops for ever', {}, 200);
    await app.says('started');
    app.kill('SIGTERM');

    expect(await app.exit).toEqual(failed);
    expect(app.stderr()).toBe('fixture: shutdown takes too long\n');
  });

  test('exits 1 when disposal fails, and the log says why', async () => {
    using app = anAppProcess('fails to stop');
    await app.says('started');
    app.kill('SIGTERM');

    expect(await app.exit).toEqual(failed);
    expect(app.stderr()).toBe('fixture: shutdown failed\n');
    expect(app.stdout()).toContain('a part refused to stop');
  });
});

test('a part that had to stop takes the process with it, drained and with exit code 1', async () => {
  using app = anAppProcess('loses a part');

  expect(await app.exit).toEqual(failed);
  expect(app.stdout()).toMatch(/^disposing\n[^]*^disposed\n/m);
  expect(app.stdout()).toMatch(/"level":"fatal".*a part had to stop/);
  expect(app.stderr()).toBe('fixture: a part had to stop: records were deleted\n');
});

test.each(['throws later', 'rejects later'] as const)('an error that nobody catches is on the log and exits 1: %s', async (behaviour) => {
  using app = anAppProcess(behaviour);

  expect(await app.exit).toEqual(failed);
  expect(app.stdout()).toMatch(/"level":"fatal".*thrown by nobody in particular/);
  expect(app.stderr()).toBe('fixture: an error that nobody caught; see the log\n');
});

describe('a crash point', () => {
  test('that is armed kills the process without a word when it is reached for the stated time', async () => {
    using app = anAppProcess('reaches a crash point', { CRASH_POINT: 'relay.append.before:2' });

    expect(await app.exit).toEqual({ code: null, signal: 'SIGKILL' });
    expect(app.stdout()).toContain('once');
    expect(app.stdout()).not.toContain('twice');
  });

  test('that is not armed does nothing', async () => {
    using app = anAppProcess('reaches a crash point', { CRASH_POINT: '' });
    await app.says('twice');
    app.kill('SIGTERM');

    expect(await app.exit).toEqual(ended);
  });

  test.each([
    ['in production', { CRASH_POINT: 'relay.append.before:1', NODE_ENV: 'production' }, /production never starts armed/],
    ['that is not registered', { CRASH_POINT: 'nowhere.at.all:1' }, /nowhere\.at\.all, which is not registered/],
    ['with a count that is none', { CRASH_POINT: 'relay.append.before:soon' }, /no number from 1/],
    ['with a count of zero', { CRASH_POINT: 'relay.append.before:0' }, /no number from 1/],
  ])('%s refuses to start', async (_, environment, reason) => {
    using app = anAppProcess('starts', environment);

    expect(await app.exit).toEqual(failed);
    expect(app.stderr()).toMatch(reason);
    expect(app.stderr().split('\n')).toHaveLength(2);
  });
});
