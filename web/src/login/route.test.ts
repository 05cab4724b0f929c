import { describe, expect, it } from 'vitest';
import { afterLogin, faultOf, retryAfterS } from './route';

describe('after signing in', () => {
  it('every role comes to its own screen, the admin to a choice', () => {
    const roles = ['operator', 'supervisor', 'patrol', 'commander', 'auditor', 'admin'] as const;
    expect(roles.map((role) => afterLogin(role, null))).toEqual([
      '/command',
      '/command',
      '/tablet',
      '/insight',
      '/insight',
      null,
    ]);
  });

  it('goes back to the page one came from, if the role may open it', () => {
    expect(afterLogin('supervisor', '/insight?p=7d')).toBe('/insight?p=7d');
    expect(afterLogin('patrol', '/command')).toBe('/tablet');
    expect(afterLogin('admin', '/tablet')).toBe('/tablet');
  });

  it('never leaves this site', () => {
    for (const bad of [
      'https://x.test',
      '//x.test',
      '/command.x.test',
      '/command/../x',
      'javascript:1',
    ]) {
      expect(afterLogin('operator', bad)).toBe('/command');
    }
  });
});

describe('a failed sign-in', () => {
  it('is told apart by what one can do about it', () => {
    expect([401, 422, 429, 403, 500, null].map(faultOf)).toEqual([
      'wrong',
      'wrong',
      'too_many',
      'blocked',
      'server',
      'offline',
    ]);
  });

  it('waits as long as the server says', () => {
    expect(['12', '0', '99999', 'soon', null, ''].map(retryAfterS)).toEqual([
      12, 0, 3_600, 30, 30, 30,
    ]);
  });
});
