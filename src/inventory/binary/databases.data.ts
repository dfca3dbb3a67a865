import { alone, followedBy, precededBy } from './evidence.ts'
import type { Family } from './family.ts'

/** How atomic variables work is told right behind the version where the server says what it is. */
const besideAtomics = ['c11-builtin', 'atomic-builtin', 'sync-builtin'].map((kind) => precededBy(`\0${kind}\0`))

/** Programs that keep data. */
export const databases: readonly Family[] = [
  {
    name: 'redis',
    files: ['redis-server', 'redis-sentinel', 'redis-check-rdb', 'redis-check-aof'],
    evidence: [...besideAtomics, ...['8.', '7.', '6.', '4.', '3.'].map((major) => alone(major))],
    cpe: 'redis:redis',
    verified: 'Debian 12: redis-tools 7.0.15',
  },
  {
    name: 'valkey',
    files: ['valkey-server', 'valkey-sentinel', 'valkey-check-rdb', 'valkey-check-aof'],
    evidence: [alone('9.'), alone('8.')],
    cpe: 'lfprojects:valkey',
    verified: 'no file at hand; the version is a text of its own as in redis, which it comes from',
  },
  {
    name: 'keydb',
    files: ['keydb-server', 'keydb-sentinel'],
    evidence: [...besideAtomics, alone('6.')],
    cpe: 'snap:keydb',
    verified: 'no file at hand; the version is a text of its own as in redis, which it comes from',
  },
  {
    name: 'dragonfly',
    files: ['dragonfly'],
    evidence: [followedBy('df-v')],
    cpe: 'dragonflydb:dragonfly',
    verified: 'no file at hand; what INFO tells',
  },
  {
    name: 'postgresql',
    files: ['postgres'],
    evidence: [followedBy('postgres (PostgreSQL) ', String.raw`\d{1,2}(?:\.\d{1,3}){1,2}|\d{1,2}(?:beta|rc)\d{1,2}`)],
    cpe: 'postgresql:postgresql',
    verified: 'Debian 12: postgresql-15 15.20',
  },
  {
    name: 'mariadb',
    files: ['mariadbd', 'mysqld', 'mariadb-backup', 'mariabackup'],
    evidence: [
      { literal: '-MariaDB', before: /\0(\d{1,2}\.\d{1,2}\.\d{1,3})$/, after: /^[-\0]/ },
      { literal: '\0MariaDB ', after: /^(\d{1,2}\.\d{1,2}\.\d{1,3})\0/ },
    ],
    cpe: 'mariadb:mariadb',
    verified: 'Debian 12: mariadb-server-core 10.11.19',
  },
  {
    name: 'mysql',
    files: ['mysqld'],
    evidence: [
      { literal: '/mysql-', after: /^(\d{1,2}\.\d{1,2}\.\d{1,3})\/(?:sql|storage|mysys|vio|strings|include)\// },
    ],
    cpe: 'oracle:mysql',
    verified: 'no file at hand; paths of sources as in published error logs',
  },
  {
    name: 'sqlite',
    files: ['sqlite3', 'libsqlite3.so#'],
    evidence: [alone('3.', String.raw`\d{1,3}\.\d{1,2}`)],
    cpe: 'sqlite:sqlite',
    verified: 'Debian 12: libsqlite3-0 3.40.1',
  },
]
