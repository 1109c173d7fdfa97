/// A C library whose SHORTAGE_AT-th allocation of SHORTAGE_BYTES or more fails, to be named in
/// LD_PRELOAD. With SHORTAGE_ALL=1 all that follow fail, too. Makes the file SHORTAGE_MARK when it
/// has failed one, so that a caller knows when there are no more.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static atomic_long seen;
static long at = -1;
static size_t least;
static bool all;
static const char *mark;

static long number(const char *name, long otherwise) {
  const char *text = getenv(name);
  return text ? strtol(text, NULL, 10) : otherwise;
}

__attribute__((constructor)) static void start(void) {
  least = (size_t)number("SHORTAGE_BYTES", 100000);
  all = number("SHORTAGE_ALL", 0) != 0;
  mark = getenv("SHORTAGE_MARK");
  at = number("SHORTAGE_AT", 0);
}

static bool fails(size_t size) {
  if (at <= 0 || size < least) return false;
  long now = atomic_fetch_add(&seen, 1) + 1;
  if (now != at && !(all && now > at)) return false;
  int file = mark ? open(mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0666) : -1;
  if (file >= 0) close(file);
  errno = ENOMEM;
  return true;
}

void *malloc(size_t size) { return fails(size) ? NULL : __libc_malloc(size); }

void *calloc(size_t count, size_t size) {
  size_t whole = 0;
  if (__builtin_mul_overflow(count, size, &whole)) whole = SIZE_MAX;
  return fails(whole) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) { return fails(size) ? NULL : __libc_realloc(old, size); }

void *memalign(size_t line, size_t size) {
  return fails(size) ? NULL : __libc_memalign(line, size);
}

void *aligned_alloc(size_t line, size_t size) { return memalign(line, size); }

int posix_memalign(void **made, size_t line, size_t size) {
  void *memory = memalign(line, size);
  if (memory == NULL) return ENOMEM;
  *made = memory;
  return 0;
}
