import Testing

/// What every filter does with descriptors, terminals and signals.
@Suite struct StandardStreamTests {
  let shell: Shell

  init() throws { shell = try Filter.shell() }

  static let closed = ["<&-", ">&-", "2>&-", "<&- >&-", "<&- 2>&-", ">&- 2>&-", "<&- >&- 2>&-"]

  @Test(arguments: Filter.allCases, closed)
  func `a closed descriptor is never taken by a file`(filter: Filter, closed: String) throws {
    let outcome = try shell(
      """
      sum() { find . -type f -exec cksum {} + | sort; }
      before=$(sum); status=0
      \(filter.command) p/0.ppm \(closed) || status=$?
      [[ $(sum) == "$before" ]]; exit $status
      """)
    let isOutputClosed = closed.split(separator: " ").contains(">&-")
    #expect(outcome.status == (isOutputClosed ? 74 : 0), "\(outcome.errors)")
  }

  @Test(arguments: Filter.allCases)
  func `a full disk is 74, at the end of little and in the middle of endless`(
    filter: Filter
  ) throws {
    for input in ["", "yes p/0.ppm | "] {
      let outcome = try shell("\(input)\(filter.command) $([[ '\(input)' ]] || echo p) > /dev/full")
      #expect(outcome.status == 74)
      #expect(
        outcome.errors == "\(filter.rawValue): standard output: No space left on device\n")
    }
  }

  @Test(arguments: Filter.allCases)
  func `a reader that leaves ends it, silently unless SIGPIPE is ignored`(filter: Filter) throws {
    let pipe = "| head -c 1 > out; echo ${PIPESTATUS[1]}"
    let killed = try shell("set +e; yes p/0.ppm | \(filter.command) \(pipe)")
    #expect(killed.output == "141\n")
    #expect(killed.errors.isEmpty)
    let told = try shell("set +e; yes p/0.ppm | (trap '' PIPE; exec \(filter.command)) \(pipe)")
    #expect(told.output == "74\n")
    #expect(told.errors.hasPrefix("\(filter.rawValue): standard output: Broken pipe\n"))
  }

  @Test(arguments: Filter.allCases)
  func `an ignored SIGPIPE ends it even while the input is silent`(filter: Filter) throws {
    let outcome = try shell(
      """
      mkfifo list; exec 3<>list; printf 'p/%d.ppm\\n' 0 1 2 1 0 >&3
      set +e; (trap '' PIPE; exec \(filter.command) <list) | true; echo ${PIPESTATUS[0]}
      """, seconds: 20)
    #expect(outcome.output == "74\n", "\(outcome.errors)")
  }

  /// Starts a filter on a list that stays open, and asks by SIGUSR1 until three images are done.
  func start(_ filter: Filter, _ then: String) -> String {
    """
    mkfifo list; exec 3<>list; printf 'p/%d.ppm\\n' 0 1 2 >&3
    env --default-signal=INT \(filter.command) <list >out 2>errors &
    until [[ -s out ]]; do sleep .02; done
    until grep -q '^3 images' errors; do kill -USR1 $!; sleep .05; done
    \(then)
    """
  }

  @Test(arguments: Filter.allCases, ["INT", "TERM", "HUP"])
  func `the first signal finishes what is in hand and then kills`(
    filter: Filter, signal: String
  ) throws {
    let outcome = try shell(
      start(filter, "kill -\(signal) $!; set +e; wait $!; echo $?; tail -1 errors"))
    let number = ["INT": 130, "TERM": 143, "HUP": 129][signal] ?? 0
    let farewell = "\(filter.rawValue): stopped by a signal, 3 images done"
    #expect(outcome.output == "\(number)\n\(farewell)\n", "\(outcome.errors)")
    let whole = try shell("cmp out <(\(filter.command) p)")
    #expect(whole.status == 0, "\(whole.output)")
  }

  @Test(arguments: Filter.allCases)
  func `SIGUSR1 is answered while there is nothing to do`(filter: Filter) throws {
    let outcome = try shell(start(filter, "kill $!"))
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test(.enabled(if: Shell.has("script"), "needs script"), arguments: Filter.allCases)
  func `a keyboard is no input`(filter: Filter) throws {
    let outcome = try shell("script -qec '\(filter.command)' /dev/null")
    #expect(outcome.status == 64)
    #expect(outcome.output.contains("nothing to read: name images"))
  }

  @Test(
    .enabled(if: Shell.has("script"), "needs script"), arguments: [Filter.prep, .apply],
    [("", "a tensor stream"), ("-o - --format png", "an image")])
  func `nothing binary is written to a terminal`(
    filter: Filter, output: (String, String)
  ) throws {
    let refused = try shell("script -qec '\(filter.command) p/0.ppm \(output.0)' /dev/null")
    #expect(refused.status == 64)
    #expect(refused.output.contains("refusing to write \(output.1) to a terminal; use -o DIR/"))
    let forced = try shell("script -qec '\(filter.command) p/0.ppm \(output.0) -f' /dev/null")
    #expect(forced.status == 0)
  }

  @Test(arguments: [Filter.prep, .apply])
  func `pipes of single bytes and descriptors that do not block change nothing`(
    filter: Filter
  ) throws {
    let outcome = try shell(
      """
      cg-prep p > in; \(filter.command) < in > plain
      dd bs=1 status=none < in | \(filter.command) | dd bs=1 status=none | cmp - plain
      nonblocking='use Fcntl; fcntl($_, F_SETFL, O_NONBLOCK) for *STDIN, *STDOUT; exec @ARGV'
      (sleep .1; cat in) | perl -e "$nonblocking" \(filter.command) | (sleep .2; cat) | cmp - plain
      """)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }
}
