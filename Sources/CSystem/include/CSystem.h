// System calls that Swift's Glibc module lacks.
#ifndef CSYSTEM_H
#define CSYSTEM_H

// What is known of a file system.
enum {
  // Neither of the others: perhaps one that other machines write to as well.
  CS_FILE_SYSTEM_OTHER,
  // On a disk or in memory of this machine, so that its locks hold for all who write to it.
  CS_FILE_SYSTEM_LOCAL,
  // Made by the kernel while it is read, as /proc and /sys.
  CS_FILE_SYSTEM_KERNEL,
};

// Looks up the file system that a path leads to; links are followed.
//
// Returns 0 and sets *kind, or returns errno.
int cs_file_system(const char *path, int *kind);

#endif
