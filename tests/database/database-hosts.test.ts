import { describe, expect, it } from '@jest/globals';
import { databaseHosts } from '../../src/database/database-hosts.ts';

const account = { user: 'minh', password: 'pw', database: 'dinhdanh' };

describe('the hosts of a connection', () => {
  it('are one by default', () => {
    expect(databaseHosts({ ...account, host: 'db.example', port: 5433 })).toEqual([
      { ...account, host: 'db.example', port: 5433 },
    ]);
  });

  it('are parted by commas, each with a port of its own where it says one', () => {
    expect(databaseHosts({ ...account, host: 'a.example, 10.0.0.2:5444,[2001:db8::1]:5455', port: 5433 })).toEqual([
      { ...account, host: 'a.example', port: 5433 },
      { ...account, host: '10.0.0.2', port: 5444 },
      { ...account, host: '2001:db8::1', port: 5455 },
    ]);
  });

  it('leave the folder of a Unix socket whole', () => {
    expect(databaseHosts({ ...account, host: '/srv/a,b:1/pg' })).toEqual([{ ...account, host: '/srv/a,b:1/pg' }]);
  });

  it('are found in a connection string, which stays as it is around them', () => {
    const hosts = databaseHosts({
      connectionString: 'postgres://minh:p%40w@a.example:1,b.example/dinhdanh?sslmode=require',
    });
    expect(hosts).toEqual([
      { connectionString: 'postgres://minh:p%40w@a.example:1/dinhdanh?sslmode=require' },
      { connectionString: 'postgres://minh:p%40w@b.example/dinhdanh?sslmode=require' },
    ]);
  });

  it('are left to the connection string that names a socket', () => {
    const connectionString = 'postgres:///dinhdanh?host=/var/run/postgresql';
    expect(databaseHosts({ connectionString })).toEqual([{ connectionString }]);
  });
});
