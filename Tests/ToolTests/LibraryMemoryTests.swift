import Testing

/// A codec library that gets no memory.
@Suite struct LibraryMemoryTests {
  static let hasCompiler: Bool = {
    guard let shell = try? Shell() else { return false }
    return (try? shell("cc --version"))?.status == 0
  }()

  @Test(.enabled(if: hasCompiler, "no C compiler"), arguments: ["calloc", "malloc"])
  func `an allocation that fails in libwebp is called one`(function: String) throws {
    let shell = try Filter.shell()
    try shell.copyFixture("webp-lossy-alpha.webp", to: "a.webp")
    try shell.copyFixture("webp-lossless.webp", to: "b.webp")
    try shell.write(
      #"""
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <errno.h>
      #include <stddef.h>
      #include <string.h>
      extern void *__libc_malloc(size_t);
      extern void *__libc_calloc(size_t, size_t);
      static int from_webp(void *caller) {
        Dl_info library;
        if (!dladdr(caller, &library) || !strstr(library.dli_fname, "libwebp")) return 0;
        errno = ENOMEM;
        return 1;
      }
      #ifdef FAIL_malloc
      void *malloc(size_t n) {
        return from_webp(__builtin_return_address(0)) ? NULL : __libc_malloc(n);
      }
      #else
      void *calloc(size_t n, size_t size) {
        return from_webp(__builtin_return_address(0)) ? NULL : __libc_calloc(n, size);
      }
      #endif
      """#.utf8, to: "shim.c")
    let outcome = try shell(
      """
      cc -shared -fPIC -DFAIL_\(function) -o shim.so shim.c -ldl
      LD_PRELOAD=$PWD/shim.so cg-prep -o out/ a.webp b.webp p/0.ppm
      """)
    #expect(outcome.output.contains("out/p/0.ppm\n"))
    #expect(outcome.status == 1, "\(outcome.errors)")
    #expect(outcome.errors.contains(": out of memory: libwebp has no memory"))
    #expect(!outcome.errors.contains("make no sense"))
    #expect(!outcome.errors.contains("makes no sense"))
  }
}
