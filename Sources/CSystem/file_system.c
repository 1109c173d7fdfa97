#include <errno.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include "CSystem.h"

// Those that linux/magic.h does not name.
enum {
  CONFIG_MAGIC = 0x62656570,
  EXFAT_MAGIC = 0x2011BAB0,
  JFS_MAGIC = 0x3153464A,
  NTFS3_MAGIC = 0x7366746E,
  ZFS_MAGIC = 0x2FC12FC1,
};

int cs_file_system(const char *path, int *kind) {
  struct statfs status;
  while (statfs(path, &status) != 0) {
    if (errno != EINTR) return errno;
  }
  switch ((unsigned long)status.f_type & 0xFFFFFFFF) {
    case PROC_SUPER_MAGIC:
    case SYSFS_MAGIC:
    case DEBUGFS_MAGIC:
    case TRACEFS_MAGIC:
    case SECURITYFS_MAGIC:
    case SELINUX_MAGIC:
    case CGROUP_SUPER_MAGIC:
    case CGROUP2_SUPER_MAGIC:
    case CONFIG_MAGIC:
    case EFIVARFS_MAGIC:
    case PSTOREFS_MAGIC:
    case BPF_FS_MAGIC:
    case BINFMTFS_MAGIC:
    case NSFS_MAGIC:
      *kind = CS_FILE_SYSTEM_KERNEL;
      break;
    case EXT4_SUPER_MAGIC:
    case XFS_SUPER_MAGIC:
    case BTRFS_SUPER_MAGIC:
    case F2FS_SUPER_MAGIC:
    case TMPFS_MAGIC:
    case RAMFS_MAGIC:
    case OVERLAYFS_SUPER_MAGIC:
    case MSDOS_SUPER_MAGIC:
    case EXFAT_MAGIC:
    case JFS_MAGIC:
    case NTFS3_MAGIC:
    case ZFS_MAGIC:
      *kind = CS_FILE_SYSTEM_LOCAL;
      break;
    default:
      *kind = CS_FILE_SYSTEM_OTHER;
  }
  return 0;
}
