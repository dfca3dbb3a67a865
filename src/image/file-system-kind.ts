import { statfsSync } from 'node:fs'

/** File systems that keep files, by `f_type` of statfs(2). */
const storage: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // xfs
  0x9123683e, // btrfs: every subvolume looks like a mount
  0x2fc12fc1, // zfs
  0xf2f52010, // f2fs
  0xca451a4e, // bcachefs
  0x73717368, // squashfs
  0xe0f5e1e2, // erofs
  0x9660, // iso9660
  0x4d44, // vfat
  0x3153464a, // jfs
  0x52654973, // reiserfs
])

/** File systems that only look like files: the kernel's own views. */
const pseudo: ReadonlySet<number> = new Set([
  0x9fa0, // proc
  0x62656572, // sysfs
  0x1cd1, // devpts
  0x27e0eb, // cgroup
  0x63677270, // cgroup2
  0x64626720, // debugfs
  0x74726163, // tracefs
  0x73636673, // securityfs
  0xf97cff8c, // selinuxfs
  0x6165676c, // pstore
  0xcafe4a11, // bpf
  0x19800202, // mqueue
  0x958458f6, // hugetlbfs
  0x62656570, // configfs
  0x42494e4d, // binfmt_misc
  0x187, // autofs
  0xde5e81e4, // efivarfs
  0x65735543, // fusectl
  0x6e736673, // nsfs
  0x67596969, // rpc_pipefs
])

const memory = 0x01021994

export type FileSystemKind = 'storage' | 'pseudo' | 'memory' | 'other'

/** What kind of file system a directory is on. */
export function fileSystemKind(place: Buffer): FileSystemKind {
  // Some architectures report the type as a negative number.
  const type = statfsSync(place).type >>> 0
  if (storage.has(type)) return 'storage'
  if (pseudo.has(type)) return 'pseudo'
  return type === memory ? 'memory' : 'other'
}
