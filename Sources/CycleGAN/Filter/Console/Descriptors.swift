import Glibc

/// The three descriptors that every program expects to be there.
enum Descriptors {
  /// Opens /dev/null on those that were closed at the start.
  ///
  /// Otherwise the first file a tool opens would become its standard output.
  static func secure() {
    for descriptor in STDIN_FILENO...STDERR_FILENO
    where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
      // Opened the wrong way round, so that using it is an error and not a silent loss.
      let mode = descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY
      _ = open("/dev/null", mode)
    }
  }
}
