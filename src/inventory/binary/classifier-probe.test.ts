import { describe, expect, it } from 'vitest'
import { elfFile } from '../../../test/helpers/elf-file.ts'
import { Classification, probeClassified } from './classifier-probe.ts'

/** As the texts stand in files that were looked at; `\0` ends each. */
describe('a program or library', () => {
  it.each([
    ['usr/sbin/nginx', 'nginx version: nginx/1.22.1\0', 'nginx 1.22.1'],
    ['usr/local/openresty/nginx/sbin/nginx', 'nginx version: openresty/1.25.3.2\0', 'openresty 1.25.3.2'],
    ['usr/sbin/apache2', '\0Apache/2.4\0Apache/2.4.62 (Debian)\0', 'apache-http-server 2.4.62'],
    ['usr/sbin/haproxy', ' version 2.6.12-1+deb12u4, released 2026/10/17\n\0', 'haproxy 2.6.12'],
    ['usr/sbin/haproxy', 'HA-Proxy version 1.8.19 2019/02/11\0', 'haproxy 1.8.19'],
    ['usr/sbin/exim4', '\x004.96\0<<eximversion>>\0', 'exim 4.96'],
    ['usr/sbin/sshd', '\0OpenSSH_9.2p1 Debian-2+deb12u10\0', 'openssh 9.2p1'],
    ['usr/sbin/named', '\0libisc-9.18.49-1~deb12u3-Debian.so\0', 'bind 9.18.49'],
    ['usr/sbin/smbd', '\0SAMBA_4.17.12_DEBIAN_SAMBA4\0', 'samba 4.17.12'],
    ['usr/bin/redis-server', '\0err\x007.0.15\0c11-builtin\0\x008.0.1\0', 'redis 7.0.15'],
    [
      'usr/lib/postgresql/15/bin/postgres',
      'postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)\n\0',
      'postgresql 15.20',
    ],
    ['usr/sbin/mariadbd', '-0+deb12u1\x0010.11.19-MariaDB\0', 'mariadb 10.11.19'],
    ['usr/sbin/mysqld', '/build/mysql-8.0.36/sql/mysqld.cc\0', 'mysql 8.0.36'],
    ['usr/lib/libsqlite3.so.0.8.6', '\0\x003.40.1\0', 'sqlite 3.40.1'],
    ['usr/local/bin/node', '\0listening\0node.js/v20.20.2\0', 'node 20.20.2'],
    ['opt/bun', '/oven-sh/bun/releases/download/bun-v1.4.5/bun-linux-x64.zip\0', 'bun 1.4.5'],
    ['usr/bin/deno', 'denover2.9.62.9.6+e518fbdDeno/2.9.6Deno/2.9.6+e518fbde518fbd66', 'deno 2.9.6'],
    ['usr/lib/libpython3.11.so.1.0', "%s: '%s'\x003.11.2\0%.80s (%.80s) %.80s\0", 'python 3.11.2'],
    ['usr/bin/python3.13', 'pymalloc_debug\x003.13.0rc2\0strict\x003.2.0\0', 'python 3.13.0rc2'],
    ['usr/lib/libruby-3.1.so.3.1.7', '\0ruby 3.1.7p261 (2025-03-26 revision 0a3704f218)', 'ruby 3.1.7'],
    ['usr/bin/php8.2', 'X-Powered-By: PHP/8.2.36\0', 'php 8.2.36'],
    ['usr/bin/perl', '\0v5.36.0\0', 'perl 5.36.0'],
    ['usr/lib/erlang/erts-13.1.5/bin/beam.smp', '\x0025.2.3\0', 'erlang 25.2.3'],
    [
      'usr/lib/jvm/lib/server/libjvm.so',
      'OpenJDK 64-Bit Server VM (17.0.9+9-Debian-1deb12u1) for linux-amd64 JRE (17.0.9+9-Debian-1deb12u1), built on Nov',
      'openjdk 17.0.9+9',
    ],
    [
      'opt/jdk8/jre/lib/amd64/server/libjvm.so',
      'OpenJDK 64-Bit Server VM (25.392-b08) for linux-amd64 JRE (1.8.0_392-b08), built on Oct 16',
      'openjdk 1.8.0_392',
    ],
    ['usr/bin/bash', '@(#)Bash version 5.2.15(1) release GNU\0', 'bash 5.2.15'],
    ['usr/lib/libcrypto.so.3', '\0OpenSSL 3.0.22 25 Aug 2026\0', 'openssl 3.0.22'],
    ['usr/lib/libcrypto.so.1.1', '\0OpenSSL 1.1.1t  7 Feb 2023\0', 'openssl 1.1.1t'],
    ['usr/lib/libcrypto.so.53', '\0LibreSSL 3.8.2\0', 'libressl 3.8.2'],
    ['usr/lib/libbz2.so.1.0.4', '\x001.0.8, 13-Jul-2019\0', 'bzip2 1.0.8'],
    ['lib/libc.so.6', 'GNU C Library (Debian GLIBC 2.36-9) stable release version 2.36.\n', 'glibc 2.36'],
    [
      'usr/local/bin/consul',
      goInfo('hashicorp/consul', '(devel)', 'version.GitDescribe=v1.15.2'),
      'github.com/hashicorp/consul v1.15.2',
    ],
    [
      'usr/bin/node_exporter',
      'path\tgithub.com/prometheus/node_exporter\nbuild\t-ldflags="-X github.com/prometheus/common/version.Version=1.7.0 -X"\n',
      'github.com/prometheus/node_exporter v1.7.0',
    ],
    ['bin/mount', 'BusyBox v1.36.1 (2024)\0', 'busybox 1.36.1'],
  ])('%s is known by what it holds', (path, text, expected) => {
    const known = classify(path, text)
    expect(known.map(({ name, versions }) => `${name} ${versions.join(' or ')}`)).toEqual([expected])
  })

  it.each([
    [
      'a Go program whose build information says it all',
      'bin/consul',
      goInfo('hashicorp/consul', 'v1.20.0', 'version.GitDescribe=v1.20.0'),
    ],
    [
      'a program of another module under that name',
      'bin/runc',
      'path\texample.org/runc\nbuild\t-ldflags="-X main.version=1.1.5 "\n',
    ],
    ['a file of another name', 'opt/shop', 'nginx version: nginx/1.22.1\0'],
    ['a program without a version', 'bin/nginx', 'nginx\0'],
  ])('is not reported where it is %s', (_, path, text) => {
    expect(classify(path, text)).toEqual([])
  })

  it('is not looked at when it is no program at all', () => {
    expect(probeClassified(Buffer.from('#!/bin/sh\n'.padEnd(64)), 1000, 'usr/sbin/nginx')).toBeUndefined()
  })
})

function goInfo(project: string, version: string, variable: string): string {
  const module = `github.com/${project}`
  return `path\t${module}\nmod\t${module}\t${version}\t\nbuild\t-ldflags="-s -w -X ${module}/${variable} -X a=b"\n`
}

function classify(path: string, text: string): Classification {
  const file = Buffer.concat([elfFile({ type: 2 }), Buffer.from(text, 'latin1'), Buffer.alloc(20)])
  const probe = probeClassified(file.subarray(0, 64), file.length, path)
  probe?.write(file)
  const kept = probe?.end()
  return kept === undefined ? [] : Classification.parse(JSON.parse(kept.toString()))
}
